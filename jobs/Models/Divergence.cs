using Distiller.Core;
using Distiller.Edge;

namespace Distiller.Jobs.Models;

/// <summary>
/// How far a coarser adapter's answers are from those of a finer one of the same base: KL(p || q) = sum_v p_v ln(p_v / q_v)
/// over the vocabulary behind each predicted token, p by the finer and q by the coarser (Kullback and Leibler 1951). Both
/// run in llama.cpp, as on the device.
/// </summary>
/// <param name="Tokens">Predicted tokens.</param>
/// <param name="MeanKl">In nats a token.</param>
/// <param name="LargestKl">Of a single token.</param>
/// <param name="SameBest">Share of the tokens for which both find the same token the likeliest.</param>
/// <param name="MeanKlWithoutAdapter">KL from the finer adapter to the bare base: what there is to lose.</param>
public sealed record Divergence(
    int Tokens,
    double MeanKl,
    double LargestKl,
    double SameBest,
    double MeanKlWithoutAdapter
)
{
    internal static Divergence Measure(
        EdgeModel model,
        EdgeAdapter finer,
        EdgeAdapter coarser,
        IReadOnlyList<TextRow> rows,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var session = model.OpenSession(
            new EdgeSessionOptions { ContextTokens = rows.Max(r => r.Tokens.Length), Exact = true }
        );
        var (count, same) = (0, 0);
        var (sum, largest, without) = (0.0, 0.0, 0.0);
        foreach (var (number, row) in rows.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new StageProgress("divergence", number, rows.Count, $"{count} tokens compared"));
            int[] positions = [.. Enumerable.Range(0, row.Tokens.Length - 1).Where(i => row.Mask[i + 1])];
            if (positions.Length == 0)
            {
                continue;
            }

            var p = Logits(session, finer, row, positions);
            var q = Logits(session, coarser, row, positions);
            var bare = Logits(session, null, row, positions);
            for (var i = 0; i < positions.Length; i++)
            {
                var kl = Softmax.Divergence(p[i], q[i], model.Path);
                (sum, largest) = (sum + kl, Math.Max(largest, kl));
                without += Softmax.Divergence(p[i], bare[i], model.Path);
                same += Softmax.Best(p[i], model.Path) == Softmax.Best(q[i], model.Path) ? 1 : 0;
            }

            count += positions.Length;
        }

        progress?.Report(new StageProgress("divergence", rows.Count, rows.Count, $"{count} tokens compared"));
        return new Divergence(count, sum / count, largest, (double)same / count, without / count);
    }

    private static float[][] Logits(EdgeSession session, EdgeAdapter? adapter, TextRow row, int[] positions)
    {
        session.Attach(adapter);
        return session.Logits(row.Tokens.AsSpan(..(positions[^1] + 1)), positions);
    }
}
