using Distiller.Gguf;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Training.Lora;

/// <summary>
/// PiSSA (Meng, Wang and Zhang, "PiSSA: Principal Singular Values and Singular Vectors Adaptation of Large Language Models", 2024):
/// with W = U S V' the factors begin as B0 = U_r sqrt(S_r / s) and A0 = sqrt(S_r / s) V_r', s = alpha / r, and W - s B0 A0 stays frozen. So
/// the training moves the principal part of each weight and not a fresh zero.
/// </summary>
/// <remarks>
/// The base's file is left alone: y = Wx + s (B A - B0 A0) x is the same function, and the adapter for the unchanged base is that
/// difference, of rank 2r (<see cref="Difference(LoraWeights, LoraWeights)"/>).
/// </remarks>
internal static class PrincipalStart
{
    /// <exception cref="BadInputException">A weight has a side that is shorter than the rank.</exception>
    public static LoraWeights Of(BaseModel model, LoraSettings settings)
    {
        var matrices = model.Matrices.ToDictionary(m => m.Name, m => m.Weight, StringComparer.Ordinal);
        return new LoraWeights(
            settings.Rank,
            settings.Alpha,
            [.. LoraAdapter.Chosen(model, settings).Select(l => Pair(model, l, matrices[l.Name], settings))]
        );
    }

    /// <summary>The adapter of the unchanged base: A' = [A; A0], B' = [B, -B0], rank 2r and alpha 2 alpha, so that the scale stays.</summary>
    public static LoraWeights Difference(LoraWeights trained, LoraWeights start) =>
        new(2 * trained.Rank, 2 * trained.Alpha, [.. trained.Pairs.Zip(start.Pairs, Difference)]);

    private static LoraFactorPair Difference(LoraFactorPair trained, LoraFactorPair start)
    {
        var rank = trained.Rank;
        var b = new float[trained.Out * 2 * rank];
        for (var o = 0; o < trained.Out; o++)
        {
            for (var r = 0; r < rank; r++)
            {
                b[o * 2 * rank + r] = trained.B[o * rank + r];
                b[o * 2 * rank + rank + r] = -start.B[o * rank + r];
            }
        }

        return new LoraFactorPair(trained.BaseTensor, 2 * rank, trained.In, trained.Out, [.. trained.A, .. start.A], b);
    }

    private static LoraFactorPair Pair(BaseModel model, LinearShape shape, Tensor weight, LoraSettings settings)
    {
        var rank = settings.Rank;
        if (rank > Math.Min(shape.In, shape.Out))
        {
            throw new BadInputException(
                new SourceLocation(model.Path, 0),
                $"'{shape.Name}' is [{shape.Out}, {shape.In}] and has fewer than {rank} singular values.",
                $"Give a rank of at most {Math.Min(shape.In, shape.Out)} with --init pissa, or leave the weight out of --targets."
            );
        }

        using var pause = GcPause.Begin();
        using var off = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var wide = weight.cpu().to(ScalarType.Float64); // [out, in]
        var (u, s, v) = torch.linalg.svd(wide, fullMatrices: false); // [out, m], [m], [m, in]
        var root = s.narrow(0, 0, rank).mul(rank / (double)settings.Alpha).sqrt(); // [r]
        return new LoraFactorPair(
            shape.Name,
            rank,
            shape.In,
            shape.Out,
            v.narrow(0, 0, rank).mul(root.unsqueeze(1)).ToFloats(),
            u.narrow(1, 0, rank).mul(root.unsqueeze(0)).ToFloats()
        );
    }
}
