using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Training.Lora;

/// <summary>
/// How large the inputs of the changed weights are on a text, with the adapter in use: for each weight the mean of x_j² over
/// the tokens. An error E of a change has the expected squared output sum_j E_j² mean(x_j²), as far as the inputs are
/// uncorrelated, so these are the weights under which an adapter is best rounded (the diagonal of GPTQ's Hessian; Frantar
/// et al. 2022).
/// </summary>
public static class InputImportance
{
    /// <returns>By base tensor, [in].</returns>
    /// <param name="rows">Texts as tokens; every token counts once.</param>
    /// <exception cref="BadInputException">A row does not fit the model.</exception>
    public static IReadOnlyDictionary<string, float[]> Measure(
        BaseModel model,
        LoraAdapter adapter,
        IReadOnlyList<int[]> rows,
        CancellationToken cancellation = default
    )
    {
        var sums = new Dictionary<string, double[]>(StringComparer.Ordinal);
        var tokens = 0L;
        using var off = torch.no_grad();
        adapter.Observer = (name, x) =>
        {
            using var scope = torch.NewDisposeScope();
            var squares = x.to(ScalarType.Float64).square().sum([0L]).ToDoubles(); // [in]
            if (!sums.TryAdd(name, squares))
            {
                var sum = sums[name];
                for (var i = 0; i < sum.Length; i++)
                {
                    sum[i] += squares[i];
                }
            }
        };
        try
        {
            foreach (var row in rows)
            {
                cancellation.ThrowIfCancellationRequested();
                using var pause = GcPause.Begin();
                using var scope = torch.NewDisposeScope();
                model.Logits(new TokenRows(row), adapter, [0]);
                tokens += row.Length;
            }
        }
        finally
        {
            adapter.Observer = null;
        }

        return sums.ToDictionary(
            s => s.Key,
            s => Array.ConvertAll(s.Value, v => (float)(v / tokens)),
            StringComparer.Ordinal
        );
    }
}
