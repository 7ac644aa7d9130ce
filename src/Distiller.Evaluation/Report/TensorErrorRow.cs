namespace Distiller.Evaluation.Report;

/// <summary>What INT4 did to one adapted matrix.</summary>
/// <param name="Tensor">Of the base, for example <c>blk.3.attn_q</c>.</param>
/// <param name="RelativeError">Frobenius norm of the error of the product BA over that of the product: 0.05 is 5 %.</param>
public sealed record TensorErrorRow(string Tensor, double RelativeError);
