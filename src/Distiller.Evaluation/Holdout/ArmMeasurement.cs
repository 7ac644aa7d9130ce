using Distiller.Core;
using Distiller.Edge;

namespace Distiller.Evaluation;

/// <summary>Measures one row with whatever adapter the session carries.</summary>
internal static class ArmMeasurement
{
    /// <summary>
    /// The row's tokens are evaluated once, from an empty cache, so that the figures do not depend on what was measured
    /// before. Steps are then generated from the last to the first: each prompt is a prefix of what the cache holds, so
    /// cutting it back is all it takes.
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
        var generated = new string[row.Steps.Count];
        for (var i = row.Steps.Count - 1; i >= 0; i--)
        {
            cancellation.ThrowIfCancellationRequested();
            var step = row.Steps[i];
            generated[i] = "";
            if (step.Generate)
            {
                session.Prefill(example.Tokens.AsSpan(0, step.Start));
                var tokens = session.GenerateGreedy(maxNewTokens, cancellation);
                generated[i] = session.Model.Tokenizer.Detokenize(tokens, special: true);
            }
        }

        var rows = new List<EvaluationRow>();
        var at = 0;
        foreach (var (i, step) in row.Steps.Index())
        {
            var verdict = step.Generate ? CallJudge.Judge(step.Logged, generated[i]) : CallVerdict.NotMeasured;
            rows.Add(
                new EvaluationRow
                {
                    EpisodeId = example.EpisodeId.Value,
                    TaskId = example.TaskId.Length > 0 ? example.TaskId : null,
                    Window = example.Window,
                    Step = i,
                    Arm = arm,
                    Tokens = step.Length,
                    Nats = Sum(nats, at, step.Length, session, example),
                    Verdict = verdict.ToString(),
                    Logged = step.Generate ? step.Logged : "",
                    Generated = generated[i],
                }
            );
            at += step.Length;
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
