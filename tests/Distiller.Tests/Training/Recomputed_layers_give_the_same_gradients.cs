using Distiller.Training.Lora;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

internal sealed class Recomputed_layers_give_the_same_gradients
{
    [TestCase("llama", LoraTargets.All, 0)]
    [TestCase("qwen2", LoraTargets.Attention, 0.3)]
    [TestCase("qwen3", LoraTargets.Down, 0.3)]
    public void as_layers_that_keep_everything(string architecture, LoraTargets targets, double dropout)
    {
        using var folder = new TemporaryFolder();
        var tiny = new TinyBase { Architecture = architecture, Layers = 3 };
        using var model = Parity.Load(tiny.Write(folder["base.gguf"]));
        var weights = LoraAdapter.Create(model, new LoraSettings(4, 8, targets, 4)).ToWeights();
        foreach (var (i, pair) in weights.Pairs.Index())
        {
            GradientCheck.Numbers(pair.B.Length, i).Select(x => 0.1f * (float)x).ToArray().CopyTo(pair.B, 0);
        }

        var kept = Gradients(model, weights, dropout, recompute: false);
        var again = Gradients(model, weights, dropout, recompute: true);

        again.Loss.ShouldBe(kept.Loss);
        kept.Factors.Count.ShouldBe(2 * weights.Pairs.Count);
        foreach (var (ours, theirs) in again.Factors.Zip(kept.Factors))
        {
            var scale = Math.Sqrt(theirs.Average(g => g * g));
            scale.ShouldBeGreaterThan(1e-9);
            Parity.Furthest(ours, theirs).ShouldBeLessThanOrEqualTo(1e-6 * scale);
        }
    }

    private static (double Loss, IReadOnlyList<double[]> Factors) Gradients(
        BaseModel model,
        Distiller.Gguf.LoraWeights weights,
        double dropout,
        bool recompute
    )
    {
        using var pause = GcPause.Begin();
        using var adapter = LoraAdapter.From(model, weights);
        adapter.RecomputesLayers = recompute;
        adapter.Dropout = dropout > 0 ? new LoraDropout(dropout, 7) : null;
        using var scope = torch.NewDisposeScope();
        var rows = new TokenRows([5, 90, 33, 200, 7], [1, 2, 3]);
        var wanted = new LossPositions([1, 3, 4, 7], [33, 7, 20, 100], [1, 0.5f, 1, 2]);
        var loss = model.Loss(rows, wanted, adapter).Sum;
        loss.backward();
        return (loss.item(), [.. adapter.Parameters.Select(p => p.grad.ShouldNotBeNull().ToDoubles())]);
    }
}
