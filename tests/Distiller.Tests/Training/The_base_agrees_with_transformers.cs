using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

internal sealed class The_base_agrees_with_transformers
{
    [TestCaseSource(typeof(Parity), nameof(Parity.Bases))]
    public void logits_and_likelihoods_of_each_architecture_are_the_same(string name)
    {
        var expected = Parity.Json($"parity/{name}/logits.json");
        var ids = expected.Ints("ids");
        using var model = Parity.Load(SharedFiles.Path($"parity/{name}/base.gguf"));
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();

        var logits = model.Logits(new TokenRows(ids)); // [N, V]
        logits.shape.ShouldBe([ids.Length, model.Config.Vocabulary]);
        logits.argmax(1).ToLongs().Select(i => (int)i).ShouldBe(expected.Ints("argmax"));
        Parity.Furthest(logits.narrow(0, 0, 1).ToDoubles(), expected.Doubles("logits_first")).ShouldBeLessThan(1e-3);
        Parity
            .Furthest(logits.narrow(0, ids.Length - 1, 1).ToDoubles(), expected.Doubles("logits_last"))
            .ShouldBeLessThan(1e-3);
        var nll = Parity.Furthest(Parity.Nll(model, ids), expected.Doubles("nll"));
        TestContext.Out.WriteLine($"{name}: furthest nll {nll:E1}");
        nll.ShouldBeLessThan(1e-3);
    }

    [TestCaseSource(typeof(Parity), nameof(Parity.Bases))]
    public void rows_packed_together_give_what_each_gives_alone(string name)
    {
        using var model = Parity.Load(SharedFiles.Path($"parity/{name}/base.gguf"));
        int[][] rows =
        [
            [5, 9, 300, 7],
            [1],
            [.. Enumerable.Range(10, 150)],
        ];
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();

        var together = model.Logits(new TokenRows(rows)).ToDoubles();
        var alone = rows.SelectMany(r => model.Logits(new TokenRows(r)).ToDoubles()).ToArray();
        together.Length.ShouldBe(alone.Length);
        Parity.Furthest(together, alone).ShouldBeLessThan(1e-4);
    }

    [Test]
    public void logits_at_chosen_positions_are_those_of_all_positions()
    {
        using var model = Parity.Load(SharedFiles.Path("parity/qwen3-qknorm/base.gguf"));
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        var rows = new TokenRows([4, 5, 6, 7, 8]);

        var all = model.Logits(rows);
        var some = model.Logits(rows, positions: [3, 1]);
        Parity.Furthest(some.narrow(0, 0, 1).ToDoubles(), all.narrow(0, 3, 1).ToDoubles()).ShouldBeLessThan(1e-5);
        Parity.Furthest(some.narrow(0, 1, 1).ToDoubles(), all.narrow(0, 1, 1).ToDoubles()).ShouldBeLessThan(1e-5);
    }

    [Test]
    public void smollm2_dequantized_is_the_model_that_transformers_sees()
    {
        using var model = Parity.Load(SharedFiles.Path("models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf"));
        foreach (var text in Parity.Json("parity/smollm2-135m-instruct.json").GetProperty("cases").EnumerateArray())
        {
            var ids = text.Ints("ids");
            Parity.Furthest(Parity.Nll(model, ids), text.Doubles("nll")).ShouldBeLessThan(1e-2);

            using var scope = torch.NewDisposeScope();
            using var off = torch.no_grad();
            var last = model.Logits(new TokenRows(ids), positions: [ids.Length - 1]).ToDoubles();
            var top = text.GetProperty("last_top20");
            Parity.Furthest(top.Ints("ids").Select(i => last[i]), top.Doubles("logits")).ShouldBeLessThan(1e-2);
            last.Order().Reverse().Take(20).Min().ShouldBe(top.Doubles("logits").Min(), 1e-2);
            last.IndexOf(last.Max()).ShouldBe(text.Ints("greedy24")[0]);
        }
    }

    [Test]
    public void stories260k_predicts_its_stories()
    {
        using var model = Parity.Load(SharedFiles.Path("models/stories260K/stories260Ktok512.gguf"));
        model.IsTied.ShouldBeFalse();
        // "Once upon a time" in its own vocabulary, after the beginning of text.
        var nll = Parity.Nll(model, [1, 403, 407, 261, 378]);
        nll.Average().ShouldBeLessThan(1.5);
    }
}
