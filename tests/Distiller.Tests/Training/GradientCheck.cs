using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

/// <summary>Compares the gradients of a function of float64 tensors with central differences, element by element.</summary>
internal static class GradientCheck
{
    private const double Step = 1e-5;

    /// <summary>The largest difference, for a number that the inputs give.</summary>
    public static double Furthest(Func<Tensor[], Tensor> function, params (double[] Values, long[] Shape)[] inputs)
    {
        using var scope = torch.NewDisposeScope();
        var tensors = inputs.Select(i => torch.tensor(i.Values, i.Shape)).ToArray();
        Array.ForEach(tensors, t => t.requires_grad = true);
        function(tensors).backward();
        var worst = 0.0;
        for (var i = 0; i < inputs.Length; i++)
        {
            var gradient = tensors[i].grad.ShouldNotBeNull().ToDoubles();
            for (var e = 0; e < gradient.Length; e++)
            {
                var slope = (Value(function, inputs, i, e, Step) - Value(function, inputs, i, e, -Step)) / (2 * Step);
                worst = Math.Max(worst, Math.Abs(slope - gradient[e]));
                double.IsNaN(gradient[e]).ShouldBeFalse();
            }
        }

        return worst;
    }

    /// <summary>Sum of x times fixed irregular weights: a number in which every element counts differently.</summary>
    public static Tensor Weighted(Tensor x)
    {
        var shape = x.shape;
        var weights = Numbers((int)x.numel(), 77);
        return x.mul(torch.tensor(weights, shape).to(x.dtype)).sum();
    }

    public static double[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];
    }

    private static double Value(
        Func<Tensor[], Tensor> function,
        (double[] Values, long[] Shape)[] inputs,
        int input,
        int element,
        double change
    )
    {
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        var tensors = inputs
            .Select(
                (x, i) =>
                {
                    var values = x.Values.ToArray();
                    if (i == input)
                    {
                        values[element] += change;
                    }

                    return torch.tensor(values, x.Shape);
                }
            )
            .ToArray();
        return function(tensors).item();
    }
}
