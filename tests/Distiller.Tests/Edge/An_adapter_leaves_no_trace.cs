using Distiller.Edge;

namespace Distiller.Tests.Edge;

public sealed class An_adapter_leaves_no_trace
{
    private static readonly int[] Tokens = EdgeFixtures.SomeTokens(40);
    private static readonly bool[] Mask = EdgeFixtures.AllButTheFirst(40);
    private static readonly TinyBase Tiny = new();

    private TemporaryFolder _folder = null!;
    private EdgeModel _model = null!;

    [OneTimeSetUp]
    public void Load()
    {
        _folder = new TemporaryFolder();
        _model = EdgeFixtures.LoadTiny(_folder, Tiny);
        EdgeFixtures.WriteAdapter(_folder["adapter.gguf"], Tiny);
    }

    [OneTimeTearDown]
    public void Unload()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void detaching_restores_the_base_exactly()
    {
        using var session = _model.OpenSession(EdgeFixtures.Exact);
        using var adapter = _model.LoadAdapter(_folder["adapter.gguf"]);
        adapter.Rank.ShouldBe(4);
        adapter.Alpha.ShouldBe(8);
        adapter.Sha256.Length.ShouldBe(64);
        var bare = session.NegativeLogLikelihood(Tokens, Mask);

        session.Attach(adapter);
        var changed = session.NegativeLogLikelihood(Tokens, Mask);
        changed.Zip(bare, (a, b) => Math.Abs(a - b)).Max().ShouldBeGreaterThan(0.05);
        session.Attach(adapter, 0.5f);
        session.NegativeLogLikelihood(Tokens, Mask).ShouldNotBe(changed);
        session.Attach(null);
        session.NegativeLogLikelihood(Tokens, Mask).ShouldBe(bare);
    }

    [Test]
    public void attaching_and_detaching_empty_the_cache()
    {
        using var session = _model.OpenSession(EdgeFixtures.Exact);
        using var fresh = _model.OpenSession(EdgeFixtures.Exact);
        using var adapter = _model.LoadAdapter(_folder["adapter.gguf"]);
        session.Prefill(Tokens);
        session.Attach(adapter);
        session.CachedTokens.ShouldBe(0);
        session.Prefill(Tokens).Reused.ShouldBe(0);
        fresh.Attach(adapter);
        fresh.Prefill(Tokens);
        session.LastLogits().ShouldBe(fresh.LastLogits());
        session.Attach(null);
        session.CachedTokens.ShouldBe(0);
    }

    [Test]
    public void an_adapter_that_was_disposed_serves_the_sessions_that_have_it()
    {
        using var session = _model.OpenSession(EdgeFixtures.Exact);
        var adapter = _model.LoadAdapter(_folder["adapter.gguf"]);
        session.Attach(adapter);
        var expected = session.NegativeLogLikelihood(Tokens, Mask);
        adapter.Dispose();
        session.NegativeLogLikelihood(Tokens, Mask).ShouldBe(expected);
        session.Attach(null);
        Should.Throw<ObjectDisposedException>(() => session.Attach(adapter));
        session.Feed(Tokens);
    }

    [Test]
    public void everything_may_be_disposed_in_any_order()
    {
        var model = EdgeFixtures.LoadTiny(_folder, Tiny, "order.gguf");
        var adapter = model.LoadAdapter(_folder["adapter.gguf"]);
        var session = model.OpenSession(EdgeFixtures.Exact);
        session.Attach(adapter);
        model.Dispose();
        adapter.Dispose();
        session.Feed(Tokens);
        session.Dispose();
        session.Dispose();
        adapter.Dispose();
    }

    [Test]
    public void one_model_serves_several_adapters_loaded_after_the_session_was_opened()
    {
        using var session = _model.OpenSession(EdgeFixtures.Exact);
        var results = new List<double>();
        for (var seed = 10; seed < 16; seed++)
        {
            var path = EdgeFixtures.WriteAdapter(_folder[$"adapter{seed}.gguf"], Tiny, seed);
            using var adapter = _model.LoadAdapter(path);
            session.Attach(adapter);
            results.Add(session.NegativeLogLikelihood(Tokens, Mask).Sum());
        }

        results.Distinct().Count().ShouldBe(6);
    }

    [Test]
    public void an_adapter_of_another_model_object_is_refused()
    {
        using var other = EdgeFixtures.LoadTiny(_folder, new TinyBase { Seed = 2 }, "other.gguf");
        using var adapter = other.LoadAdapter(_folder["adapter.gguf"]);
        using var session = _model.OpenSession(EdgeFixtures.Exact);
        Should.Throw<BadInputException>(() => session.Attach(adapter)).Reason.ShouldContain("other.gguf");
    }
}
