using Distiller.Core.Settings;
using Distiller.Edge;
using Distiller.Gguf;
using Distiller.Pretraining;
using Distiller.Tests.Gguf;
using Distiller.Tests.Training;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Tests.Pretraining;

internal sealed class A_model_made_from_nothing_is_a_real_one
{
    private static readonly int[] Tokens = [.. Enumerable.Range(0, 100).Select(i => (i * 37 + 11) % 250)];

    private static readonly TinyArchitecture Architecture = new()
    {
        Width = 64,
        Layers = 2,
        Heads = 4,
        KvHeads = 2,
        FeedForward = 96,
        Vocabulary = TinyBase.Tokens.Count,
        Context = 512,
        RopeFactors = [1, 1, 1, 1, 4, 4, 4, 1e6f],
    };

    [TestCase(GgmlType.F32, 1e-3f)]
    [TestCase(GgmlType.F16, 2e-2f)] // llama.cpp rounds activations too before it multiplies by F16
    public void llama_cpp_computes_of_it_what_the_trainer_does(GgmlType type, float tolerance)
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder["tiny.gguf"], Architecture, type);
        using var probe = new LlamaProbe(path);
        probe.Loaded.ShouldBeTrue();
        var theirs = probe.Logits(Tokens);

        Agreement.Furthest(Ours(path), theirs).ShouldBeLessThan(tolerance);
        var plain = Write(folder["plain.gguf"], Architecture with { RopeFactors = null }, type);
        Agreement.Furthest(Ours(plain), theirs).ShouldBeGreaterThan(2 * tolerance, "the frequency factors matter");
    }

    [Test]
    public void the_edge_takes_it_with_its_vocabulary_and_context()
    {
        using var folder = new TemporaryFolder();
        using var model = EdgeModel.Load(Write(folder["tiny.gguf"], Architecture, GgmlType.F16));
        model.VocabularySize.ShouldBe(TinyBase.Tokens.Count);
        model.ContextLength.ShouldBe(512);
        model.Parameters.ShouldBe(Architecture.Parameters + 5 * 64 + 8, "five norms and the frequency factors beside");
    }

    [Test]
    public void the_same_weights_give_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        File.ReadAllBytes(Write(folder["a.gguf"], Architecture, GgmlType.F16))
            .ShouldBe(File.ReadAllBytes(Write(folder["b.gguf"], Architecture, GgmlType.F16)));
    }

    [Test]
    public void dimensions_that_do_not_fit_are_refused_by_name()
    {
        var good = Architecture;
        foreach (
            var (name, bad) in new (string, TinyArchitecture)[]
            {
                (nameof(good.Width), good with { Width = 60 }),
                (nameof(good.Layers), good with { Layers = 0 }),
                (nameof(good.Heads), good with { Heads = 0 }),
                (nameof(good.KvHeads), good with { KvHeads = 3 }),
                (nameof(good.FeedForward), good with { FeedForward = -1 }),
                (nameof(good.Vocabulary), good with { Vocabulary = 1 }),
                (nameof(good.Context), good with { Context = 0 }),
                (nameof(good.RopeBase), good with { RopeBase = float.NaN }),
                (nameof(good.RopeFactors), good with { RopeFactors = [1, 2] }),
                (nameof(good.NormEps), good with { NormEps = 0 }),
            }
        )
        {
            Should.Throw<BadInputException>(() => OptionsCheck.Require(bad)).Message.ShouldContain(name);
        }
    }

    private static string Write(string path, TinyArchitecture architecture, GgmlType type)
    {
        TinyModelFile.Write(
            path,
            "tiny",
            architecture,
            ScatteredStart.Of(architecture),
            type,
            w => TinyBase.AddTokenizer(w)
        );
        return path;
    }

    private static float[] Ours(string path)
    {
        using var model = Parity.Load(path);
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        return model.Logits(new TokenRows(Tokens), positions: [Tokens.Length - 1]).ToFloats();
    }
}
