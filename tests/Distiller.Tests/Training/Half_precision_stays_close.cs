using Distiller.Training.Distilling;
using Distiller.Training.Lora;

namespace Distiller.Tests.Training;

/// <summary>bfloat16 takes the same operations on the CPU as on a GPU: what is checked here holds the GPU's formulas.</summary>
internal sealed class Half_precision_stays_close
{
    [TestCaseSource(typeof(Parity), nameof(Parity.Bases))]
    public void to_the_reference_likelihoods(string name)
    {
        var expected = Parity.Json($"parity/{name}/logits.json");
        using var model = Parity.Load(SharedFiles.Path($"parity/{name}/base.gguf"), ScalarType.BFloat16);
        model.ComputeType.ShouldBe(ScalarType.BFloat16);
        var nll = Parity.Nll(model, expected.Ints("ids"));
        nll.Average().ShouldBe(expected.Doubles("nll").Average(), 0.03);
        // Exact agreement would mean that nothing was computed in bfloat16.
        Parity.Furthest(nll, expected.Doubles("nll")).ShouldBeInRange(1e-3, 0.6);
    }

    [TestCase("llama")]
    [TestCase("qwen2")]
    [TestCase("qwen3")]
    public void in_training_with_factors_kept_in_float32(string architecture)
    {
        using var folder = new TemporaryFolder();
        var path = new TinyBase { Architecture = architecture }.Write(folder["base.gguf"]);
        using var exact = Parity.Load(path);
        using var half = Parity.Load(path, ScalarType.BFloat16);
        using var adapter = LoraAdapter.Create(half, new LoraSettings(4, 8, LoraTargets.All, 1));
        adapter.Parameters.ShouldAllBe(p => p.dtype == ScalarType.Float32);

        var wanted = new LoraTrainer(exact, "", TimeProvider.System).Train(TrainingRows.Some(8), TrainingRows.Quick);
        var got = new LoraTrainer(half, "", TimeProvider.System).Train(TrainingRows.Some(8), TrainingRows.Quick);
        wanted.Curve[^1].Loss.ShouldBeLessThan(0.9 * wanted.Curve[0].Loss);
        foreach (var (a, b) in got.Curve.Zip(wanted.Curve))
        {
            a.Loss.ShouldBe(b.Loss, 0.02 * b.Loss);
            a.GradientNorm.ShouldBe(b.GradientNorm, 0.1 * b.GradientNorm);
        }
    }
}
