using Distiller.Edge;

namespace Distiller.Tests.Edge;

public sealed class The_cache_never_changes_a_result
{
    private static readonly int[] Tokens = EdgeFixtures.SomeTokens(120);

    private TemporaryFolder _folder = null!;
    private EdgeModel _model = null!;

    [OneTimeSetUp]
    public void Load()
    {
        _folder = new TemporaryFolder();
        _model = EdgeFixtures.LoadTiny(_folder);
    }

    [OneTimeTearDown]
    public void Unload()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void a_reused_prefix_gives_the_logits_of_a_fresh_session()
    {
        using var fresh = _model.OpenSession(EdgeFixtures.Exact);
        using var used = _model.OpenSession(EdgeFixtures.Exact);
        int[] other = [.. Tokens[..80], .. EdgeFixtures.SomeTokens(30, seed: 9)];

        used.Prefill(other).ShouldBe(new PrefillResult(0, 110));
        used.Prefill(Tokens).ShouldBe(new PrefillResult(80, 40));
        fresh.Prefill(Tokens[..80]);
        fresh.Feed(Tokens[80..]);

        used.LastLogits().ShouldBe(fresh.LastLogits());
        used.CachedTokens.ShouldBe(120);
        fresh.Reset();
        fresh.Prefill(Tokens).Evaluated.ShouldBe(120);
        EdgeFixtures.LargestDifference(used.LastLogits(), fresh.LastLogits()).ShouldBeLessThan(1e-4);
    }

    [Test]
    public void a_prompt_that_is_cached_whole_still_computes_its_last_token()
    {
        using var session = _model.OpenSession(EdgeFixtures.Exact);
        session.Prefill(Tokens);
        var before = session.LastLogits();
        session.Prefill(Tokens).ShouldBe(new PrefillResult(119, 1));
        EdgeFixtures.LargestDifference(session.LastLogits(), before).ShouldBeLessThan(1e-4);
        session.Prefill(Tokens[..50]).ShouldBe(new PrefillResult(49, 1));
        session.CachedTokens.ShouldBe(50);
    }

    [Test]
    public void what_was_cut_off_is_forgotten()
    {
        using var session = _model.OpenSession(EdgeFixtures.Exact);
        using var fresh = _model.OpenSession(EdgeFixtures.Exact);
        session.Feed(Tokens);
        session.Truncate(60);
        session.CachedTokens.ShouldBe(60);
        Should.Throw<InvalidOperationException>(() => session.LastLogits());
        session.Feed(Tokens[60..70]);
        fresh.Feed(Tokens[..60]);
        fresh.Feed(Tokens[60..70]);
        EdgeFixtures.LargestDifference(session.LastLogits(), fresh.LastLogits()).ShouldBeLessThan(1e-4);
        Should.Throw<ArgumentOutOfRangeException>(() => session.Truncate(71));
    }

    [Test]
    public void more_than_the_context_holds_is_refused_with_both_numbers_and_leaves_the_cache_alone()
    {
        using var session = _model.OpenSession(new EdgeSessionOptions { ContextTokens = 100 });
        session.Feed(Tokens[..90]);
        var logits = session.LastLogits();
        var error = Should.Throw<BadInputException>(() => session.Feed(Tokens[..11]));
        error.Reason.ShouldBe("101 tokens do not fit the context of 100.");
        error.Place.File.ShouldBe(_model.Path);
        Should.Throw<BadInputException>(() => session.Prefill(Tokens));
        session.CachedTokens.ShouldBe(90);
        session.LastLogits().ShouldBe(logits);
        session.Feed(Tokens[..10]);
        session.CachedTokens.ShouldBe(100);
    }

    [Test]
    public void a_generation_stops_at_the_end_of_the_context_and_is_what_single_steps_give()
    {
        using var session = _model.OpenSession(new EdgeSessionOptions { ContextTokens = 64, Exact = true });
        using var steps = _model.OpenSession(new EdgeSessionOptions { ContextTokens = 64, Exact = true });
        session.Prefill(Tokens[..50]);
        var written = session.GenerateGreedy(1000);
        session.CachedTokens.ShouldBe(64);
        written.Length.ShouldBe(15);

        steps.Prefill(Tokens[..50]);
        foreach (var token in written[..^1])
        {
            var logits = steps.LastLogits();
            Array.IndexOf(logits, logits.Max()).ShouldBe(token);
            steps.Feed([token]);
        }
    }

    [Test]
    public void a_cancelled_generation_does_not_look_like_a_finished_one()
    {
        using var session = _model.OpenSession(new EdgeSessionOptions());
        session.Feed(Tokens[..4]);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(() => session.GenerateGreedy(5, cancelled.Token));
    }

    [TestCase(4097)]
    [TestCase(-1)]
    public void a_context_the_model_was_not_trained_for_is_refused(int tokens) =>
        Should
            .Throw<BadInputException>(() => _model.OpenSession(new EdgeSessionOptions { ContextTokens = tokens }))
            .Reason.ShouldBe($"A context of {tokens} tokens was asked for; the model was trained for 4096.");

    [Test]
    public void the_memory_of_a_model_outlives_it_in_its_sessions()
    {
        using var model = EdgeFixtures.LoadTiny(_folder, name: "short.gguf");
        var session = model.OpenSession(EdgeFixtures.Exact);
        model.Dispose();
        session.Feed(Tokens[..20]);
        session.LastLogits().Length.ShouldBe(TinyBase.Tokens.Count);
        session.Dispose();
        Should.Throw<ObjectDisposedException>(() => session.Feed(Tokens[..2]));
        Should.Throw<ObjectDisposedException>(() => model.OpenSession(new EdgeSessionOptions()));
    }
}
