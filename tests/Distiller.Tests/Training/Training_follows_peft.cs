using System.Text.Json;
using Distiller.Training.Distilling;
using Distiller.Training.Lora;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

internal sealed class Training_follows_peft
{
    private const int Rank = 8;
    private const float Alpha = 16;

    [TestCaseSource(typeof(Parity), nameof(Parity.Bases))]
    public void thirty_steps_from_its_adapter_have_its_losses_and_gradient_norms(string name)
    {
        var expected = Parity.Json($"parity/{name}/lora.json");
        using var model = Parity.Load(SharedFiles.Path($"parity/{name}/base.gguf"));
        var start = Parity.Peft(name, "lora0");

        var result = new LoraTrainer(model, "", TimeProvider.System).Train(Rows(expected), Options, start: start);

        result.Curve.Count.ShouldBe(30);
        var loss = Relative(result.Curve.Select(s => s.Loss), expected.Doubles("loss"));
        var norm = Relative(result.Curve.Select(s => s.GradientNorm), expected.Doubles("grad_norm"));
        TestContext.Out.WriteLine($"{name}: furthest loss {loss:E1}, gradient norm {norm:E1} (relative)");
        loss.ShouldBeLessThan(1e-3);
        norm.ShouldBeLessThan(1e-3);

        using var adapter = LoraAdapter.From(model, result.Adapter);
        HeldOutLoss
            .Measure(model, Rows(expected), adapter)
            .MeanNll.ShouldBe(expected.GetProperty("final_loss").GetDouble(), 1e-3);
    }

    [Test]
    public void and_so_have_thirty_steps_that_compute_activations_twice()
    {
        var expected = Parity.Json("parity/qwen3-qknorm/lora.json");
        using var model = Parity.Load(SharedFiles.Path("parity/qwen3-qknorm/base.gguf"));

        var result = new LoraTrainer(model, "", TimeProvider.System).Train(
            Rows(expected),
            Options with
            {
                ActivationCheckpointing = true,
            },
            start: Parity.Peft("qwen3-qknorm", "lora0")
        );

        Relative(result.Curve.Select(s => s.Loss), expected.Doubles("loss")).ShouldBeLessThan(1e-3);
        Relative(result.Curve.Select(s => s.GradientNorm), expected.Doubles("grad_norm")).ShouldBeLessThan(1e-3);
    }

    [TestCaseSource(typeof(Parity), nameof(Parity.Bases))]
    public void its_finished_adapter_gives_its_logits_here(string name)
    {
        var expected = Parity.Json($"parity/{name}/lora.json");
        var ids = Parity.Json($"parity/{name}/logits.json").Ints("ids");
        using var model = Parity.Load(SharedFiles.Path($"parity/{name}/base.gguf"));
        using var adapter = LoraAdapter.From(model, Parity.Peft(name, "lora30"));
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();

        var logits = model.Logits(new TokenRows(ids), adapter);
        logits.argmax(1).ToLongs().Select(i => (int)i).ShouldBe(expected.Ints("argmax"));
        Parity
            .Furthest(logits.narrow(0, ids.Length - 1, 1).ToDoubles(), expected.Doubles("logits_last"))
            .ShouldBeLessThan(1e-3);
    }

    [Test]
    public void small_passes_give_the_same_step_as_one_large_one()
    {
        const string name = "llama-gqa-tied";
        var expected = Parity.Json($"parity/{name}/lora.json");
        using var model = Parity.Load(SharedFiles.Path($"parity/{name}/base.gguf"));
        var start = Parity.Peft(name, "lora0");
        var trainer = new LoraTrainer(model, "", TimeProvider.System);

        var small = trainer.Train(Rows(expected), Options with { TokensPerPass = 1, Epochs = 3 }, start: start);
        Relative(small.Curve.Select(s => s.Loss), expected.Doubles("loss")).ShouldBeLessThan(1e-3);
        Relative(small.Curve.Select(s => s.GradientNorm), expected.Doubles("grad_norm")).ShouldBeLessThan(1e-3);
    }

    private static TrainingOptions Options =>
        new()
        {
            Rank = Rank,
            Alpha = Alpha,
            LearningRate = 2e-3,
            Schedule = LearningRateSchedule.Constant,
            WarmUpShare = 0,
            WeightDecay = 0.01,
            ClipNorm = 1,
            TokensPerStep = 4096,
            Epochs = 30,
        };

    private static List<TrainingExample> Rows(JsonElement json) =>
        [
            .. json.GetProperty("rows")
                .EnumerateArray()
                .Select(r =>
                {
                    var (ids, from) = (r.Ints("ids"), r.GetProperty("loss_from").GetInt32());
                    return new TrainingExample(ids, [.. ids.Select((_, i) => i >= from)], 1, new EpisodeId("x"), 0);
                }),
        ];

    private static double Relative(IEnumerable<double> ours, IEnumerable<double> theirs) =>
        ours.Zip(theirs, (a, b) => double.IsNaN(a) ? double.PositiveInfinity : Math.Abs(a - b) / b).Max();
}
