using Distiller.Edge;

namespace Distiller.Tests.Edge;

public sealed class A_saved_state_goes_on_where_it_stopped
{
    private static readonly int[] Tokens = EdgeFixtures.SomeTokens(40);
    private static readonly TinyBase Tiny = new();

    private TemporaryFolder _folder = null!;
    private EdgeModel _model = null!;
    private string _path = "";

    [OneTimeSetUp]
    public void Load()
    {
        _folder = new TemporaryFolder();
        _model = EdgeFixtures.LoadTiny(_folder, Tiny);
        _path = _folder["session.state"];
    }

    [OneTimeTearDown]
    public void Unload()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [TestCase(false)]
    [TestCase(true)]
    public void in_a_new_session_to_the_same_tokens(bool withAdapter)
    {
        using var adapter = _model.LoadAdapter(EdgeFixtures.WriteAdapter(_folder["a.gguf"], Tiny));
        using var first = _model.OpenSession(EdgeFixtures.Exact);
        using var second = _model.OpenSession(EdgeFixtures.Exact);
        if (withAdapter)
        {
            first.Attach(adapter);
            second.Attach(adapter);
        }

        first.Prefill(Tokens);
        first.SaveState(_path);
        var logits = first.LastLogits();
        var expected = first.GenerateGreedy(30);

        second.Feed(Tokens[..5]);
        second.LoadState(_path);
        second.CachedTokens.ShouldBe(40);
        second.LastLogits().ShouldBe(logits);
        second.GenerateGreedy(30).ShouldBe(expected);
        second.LastLogits().ShouldBe(first.LastLogits());
        Directory.GetFiles(_folder.Path, "*" + AtomicFile.UnfinishedSuffix).ShouldBeEmpty();
    }

    [Test]
    public void but_not_with_another_model_adapter_or_precision()
    {
        using var adapter = _model.LoadAdapter(EdgeFixtures.WriteAdapter(_folder["b.gguf"], Tiny));
        using var other = EdgeFixtures.LoadTiny(_folder, new TinyBase { Seed = 2 }, "other.gguf");
        using var first = _model.OpenSession(EdgeFixtures.Exact);
        first.Attach(adapter);
        first.Feed(Tokens);
        first.SaveState(_path);

        using var elsewhere = other.OpenSession(EdgeFixtures.Exact);
        Refused(elsewhere).ShouldContain("belongs to the model");
        using var bare = _model.OpenSession(EdgeFixtures.Exact);
        bare.Feed(Tokens[..3]);
        Refused(bare).ShouldContain("saved with the adapter");
        bare.CachedTokens.ShouldBe(3);
        using var second = _model.LoadAdapter(EdgeFixtures.WriteAdapter(_folder["c.gguf"], Tiny, seed: 5));
        first.Attach(second);
        Refused(first).ShouldContain($"the session has the adapter {second.Sha256}");
        first.Attach(adapter, 0.5f);
        Refused(first).ShouldContain("at scale");
        using var coarse = _model.OpenSession(new EdgeSessionOptions());
        coarse.Attach(adapter);
        Refused(coarse).ShouldContain("precision");
        using var small = _model.OpenSession(new EdgeSessionOptions { Exact = true, ContextTokens = 39 });
        small.Attach(adapter);
        Refused(small).ShouldContain("do not fit the context of 39");
    }

    [Test]
    public void and_a_damaged_file_is_refused()
    {
        using var session = _model.OpenSession(EdgeFixtures.Exact);
        session.Feed(Tokens);
        session.SaveState(_path);
        var good = File.ReadAllBytes(_path);
        for (var length = 0; length < good.Length; length += 997)
        {
            File.WriteAllBytes(_path, good[..length]);
            Refused(session);
        }

        good[^100] ^= 1;
        File.WriteAllBytes(_path, good);
        Refused(session).ShouldContain("damaged");
        File.Delete(_path);
        Refused(session).ShouldContain("cannot be read");
        session.CachedTokens.ShouldBe(40);
    }

    private string Refused(EdgeSession session)
    {
        var error = Should.Throw<BadInputException>(() => session.LoadState(_path));
        return error.Message;
    }
}
