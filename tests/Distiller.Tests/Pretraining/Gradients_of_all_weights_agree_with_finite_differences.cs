using System.Runtime.InteropServices;
using Distiller.Gguf;
using Distiller.Pretraining;
using Distiller.Tests.Training;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Tests.Pretraining;

internal sealed class Gradients_of_all_weights_agree_with_finite_differences
{
    private const float Step = 1f / 1024;

    private static readonly TinyArchitecture Architecture = Toy.Architecture;

    // Through attention, RoPE, SwiGLU and the tied embedding, which is read at both ends, in float64.
    [Test]
    public void embedding_and_matrices()
    {
        using var folder = new TemporaryFolder();
        var values = ScatteredStart.Of(Architecture);
        using var model = Load(folder, values);
        var weights = model.Unfreeze();
        weights.Select(w => w.Name).ShouldBe(Architecture.Weights.Select(w => w.Name));
        using (torch.NewDisposeScope())
        {
            Loss(model).backward();
        }

        var random = new Random(5);
        foreach (var (name, weight) in weights)
        {
            using var grad = weight.grad.ShouldNotBeNull(name);
            var gradient = grad.ToDoubles();
            var scale = Math.Sqrt(gradient.Average(g => g * g));
            scale.ShouldBeGreaterThan(1e-7, name);
            // Of the embedding: a token that is read only, one that is predicted only, and one that is both.
            int[] elements = name.StartsWith("token_embd", StringComparison.Ordinal)
                ? [.. new[] { 5, 30, 33 }.Select(token => token * Architecture.Width + random.Next(Architecture.Width))]
                : [random.Next(gradient.Length), random.Next(gradient.Length)];
            foreach (var at in elements)
            {
                var (above, below) = (values[name][at] + Step, values[name][at] - Step);
                var slope =
                    (Value(folder, values, name, at, above) - Value(folder, values, name, at, below))
                    / ((double)above - below);
                gradient[at].ShouldBe(slope, 2e-3 * scale, $"{name}[{at}]");
            }
        }
    }

    [Test]
    public void and_a_frozen_model_has_none()
    {
        using var folder = new TemporaryFolder();
        using var model = Load(folder, ScatteredStart.Of(Architecture));
        using var scope = torch.NewDisposeScope();
        Should.Throw<ExternalException>(() => Loss(model).backward());
    }

    private static Tensor Loss(BaseModel model)
    {
        var rows = new TokenRows([5, 9, 33, 20, 7], [1, 2, 3]);
        return model.Loss(rows, new LossPositions([1, 3, 4, 7], [33, 7, 30, 10], [1, 0.5f, 1, 2])).Sum;
    }

    private static double Value(
        TemporaryFolder folder,
        Dictionary<string, float[]> values,
        string name,
        int at,
        float value
    )
    {
        var changed = new Dictionary<string, float[]>(values, StringComparer.Ordinal) { [name] = [.. values[name]] };
        changed[name][at] = value;
        using var model = Load(folder, changed);
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        return Loss(model).item();
    }

    private static BaseModel Load(TemporaryFolder folder, Dictionary<string, float[]> values)
    {
        TinyModelFile.Write(folder["tiny.gguf"], "tiny", Architecture, values, GgmlType.F32);
        return Parity.Load(folder["tiny.gguf"], ScalarType.Float64);
    }
}
