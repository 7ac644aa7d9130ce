using Distiller.Training.Lora;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Training.Distilling;

/// <summary>How well a model predicts the loss tokens of rows.</summary>
/// <param name="MeanNll">Mean negative log likelihood (natural logarithm) per loss token, unweighted.</param>
/// <param name="LossTokens">Number of loss tokens.</param>
public sealed record HeldOutLoss(double MeanNll, long LossTokens)
{
    /// <summary>Measures the base, or the base with an adapter.</summary>
    /// <param name="tokensPerPass">Bounds the memory; a longer row is a pass of its own.</param>
    /// <exception cref="BadInputException">A row does not fit the model, or none carries loss.</exception>
    public static HeldOutLoss Measure(
        BaseModel model,
        IReadOnlyList<TrainingExample> rows,
        LoraAdapter? adapter = null,
        int tokensPerPass = 1024,
        CancellationToken cancellation = default
    )
    {
        PackedRows.Check(rows, model.Config);
        var useful = rows.Where(r => PackedRows.ComputedTokens(r) > 0).ToList();
        var (sum, count) = (0.0, 0L);
        using var off = torch.no_grad();
        foreach (var pass in PackedRows.Groups(useful, PackedRows.ComputedTokens, tokensPerPass))
        {
            cancellation.ThrowIfCancellationRequested();
            using var pause = GcPause.Begin();
            using var scope = torch.NewDisposeScope();
            var (tokens, wanted) = PackedRows.Pack(pass, 1);
            var nll = model.Loss(tokens, wanted, adapter).Nll.ToDoubles();
            sum += nll.Sum();
            count += nll.Length;
        }

        return count > 0
            ? new HeldOutLoss(sum / count, count)
            : throw new BadInputException(
                new SourceLocation("held-out rows", 0),
                "No row has a token that carries loss.",
                "Hold out rows in which the agent said something."
            );
    }
}
