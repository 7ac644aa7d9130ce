using Distiller.Gguf;
using Distiller.Training.Lora;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

internal sealed class Adapter_gradients_agree_with_finite_differences
{
    private const float Step = 1f / 1024;

    // Through the whole model in float64: two rows, loss at a few positions, every target of every layer.
    [TestCase("llama")]
    [TestCase("qwen2")]
    [TestCase("qwen3")]
    public void in_every_factor_of_every_layer(string architecture)
    {
        using var folder = new TemporaryFolder();
        var tiny = new TinyBase { Architecture = architecture, WithRopeFreqs = architecture is "llama" };
        using var model = Parity.Load(tiny.Write(folder["base.gguf"]), ScalarType.Float64);
        using var fresh = LoraAdapter.Create(model, new LoraSettings(3, 5, LoraTargets.All, 4));
        var weights = WithRandomB(fresh.ToWeights());
        using var adapter = LoraAdapter.From(model, weights);

        using (var scope = torch.NewDisposeScope())
        {
            Loss(model, adapter).backward();
        }

        var random = new Random(3);
        for (var p = 0; p < weights.Pairs.Count; p++)
        {
            foreach (var isA in new[] { true, false })
            {
                var parameter = adapter.Parameters[2 * p + (isA ? 0 : 1)];
                using var grad = parameter.grad.ShouldNotBeNull();
                var gradient = grad.ToDoubles();
                var values = isA ? weights.Pairs[p].A : weights.Pairs[p].B;
                var at = random.Next(values.Length);
                var (above, below) = (values[at] + Step, values[at] - Step);
                var slope =
                    (Value(model, weights, p, isA, at, above) - Value(model, weights, p, isA, at, below))
                    / ((double)above - below);
                var scale = Math.Sqrt(gradient.Average(g => g * g));
                scale.ShouldBeGreaterThan(1e-7);
                gradient[at].ShouldBe(slope, 1e-3 * scale, $"{weights.Pairs[p].BaseTensor} {(isA ? "A" : "B")}[{at}]");
            }
        }
    }

    private static Tensor Loss(BaseModel model, LoraAdapter adapter)
    {
        var rows = new TokenRows([5, 90, 33, 200, 7], [1, 2, 3]);
        return model.Loss(rows, new LossPositions([1, 3, 4, 7], [33, 7, 20, 100], [1, 0.5f, 1, 2]), adapter).Sum;
    }

    private static double Value(BaseModel model, LoraWeights weights, int pair, bool isA, int at, float value)
    {
        var changed = weights.Pairs.ToArray();
        var p = changed[pair];
        var (a, b) = (p.A.ToArray(), p.B.ToArray());
        (isA ? a : b)[at] = value;
        changed[pair] = new LoraFactorPair(p.BaseTensor, p.Rank, p.In, p.Out, a, b);
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        using var adapter = LoraAdapter.From(model, new LoraWeights(weights.Rank, weights.Alpha, changed));
        return Loss(model, adapter).item();
    }

    private static LoraWeights WithRandomB(LoraWeights weights) =>
        new(
            weights.Rank,
            weights.Alpha,
            [
                .. weights.Pairs.Select(
                    (p, i) =>
                        new LoraFactorPair(
                            p.BaseTensor,
                            p.Rank,
                            p.In,
                            p.Out,
                            p.A,
                            [.. GradientCheck.Numbers(p.B.Length, i).Select(x => 0.1f * (float)x)]
                        )
                ),
            ]
        );
}
