using Distiller.Core;
using Distiller.Edge;

namespace Distiller.Evaluation;

/// <summary>Measures one row with whatever adapter the session carries.</summary>
internal static class ArmMeasurement
{
    /// <summary>
    /// The row's tokens are evaluated once, from an empty cache, so that the figures do not depend on what was measured
    /// before. Turns are then generated from the last to the first: each prompt is a prefix of the cached tokens, so that
    /// truncating the cache is enough.
    /// </summary>
    public static IReadOnlyList<EvaluationRow> Measure(
        EdgeSession session,
        string arm,
        HoldoutRow row,
        int maxNewTokens,
        CancellationToken cancellation
    )
    {
        var example = row.Example;
        var nats = session.NegativeLogLikelihood(example.Tokens, example.LossMask);
        var generated = new string[row.Turns.Count];
        for (var i = row.Turns.Count - 1; i >= 0; i--)
        {
            cancellation.ThrowIfCancellationRequested();
            var turn = row.Turns[i];
            generated[i] = "";
            if (turn.Generate)
            {
                session.Prefill(example.Tokens.AsSpan(0, turn.Start));
                var tokens = session.GenerateGreedy(maxNewTokens, cancellation);
                generated[i] = session.Model.Tokenizer.Detokenize(tokens, special: true);
            }
        }

        var rows = new List<EvaluationRow>();
        var at = 0;
        foreach (var (i, turn) in row.Turns.Index())
        {
            var verdict = turn.Generate ? CallJudge.Judge(turn.Logged, generated[i]) : CallVerdict.NotMeasured;
            rows.Add(
                new EvaluationRow
                {
                    EpisodeId = example.EpisodeId.Value,
                    TaskId = example.TaskId.Length > 0 ? example.TaskId : null,
                    Window = example.Window,
                    Step = i,
                    Arm = arm,
                    Tokens = turn.Length,
                    Nats = Sum(nats, at, turn.Length, session, example),
                    Verdict = verdict.ToString(),
                    Logged = turn.Generate ? turn.Logged : "",
                    Generated = generated[i],
                }
            );
            at += turn.Length;
        }

        return rows;
    }

    private static double Sum(double[] nats, int at, int count, EdgeSession session, TrainingExample example)
    {
        var sum = nats.AsSpan(at, count).ToArray().Sum();
        return double.IsFinite(sum)
            ? sum
            : throw new BadInputException(
                new SourceLocation(session.Adapter?.Path ?? session.Model.Path, 0),
                $"The loss on episode {example.EpisodeId}, window {example.Window}, is not finite.",
                "The weights are damaged, or the training diverged: distill again."
            );
    }
}
