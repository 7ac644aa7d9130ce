using Distiller.Core;

namespace Distiller.Evaluation;

/// <summary>Sorts rows by arm and checks that each arm was measured on the very same turns.</summary>
internal static class PairedArms
{
    public static IReadOnlyDictionary<string, IReadOnlyList<ScoredTurn>> Of(IReadOnlyList<EvaluationRow> rows)
    {
        var arms = new Dictionary<string, IReadOnlyList<ScoredTurn>>(StringComparer.Ordinal);
        foreach (var arm in Arm.All)
        {
            arms[arm] =
            [
                .. rows.Where(r => r.Arm == arm)
                    .OrderBy(r => r.EpisodeId, StringComparer.Ordinal)
                    .ThenBy(r => r.Window)
                    .ThenBy(r => r.Step)
                    .Select(Judge),
            ];
        }

        var first = arms[Arm.Base];
        if (first.Count == 0 || rows.Count != Arm.All.Count * first.Count)
        {
            throw Bad($"{rows.Count} rows, {first.Count} of them of the base: not three arms on the same steps.");
        }

        foreach (var arm in Arm.All)
        {
            for (var i = 0; i < first.Count; i++)
            {
                if (Identity(arms[arm][i]) != Identity(first[i]))
                {
                    throw Bad($"{arm} was measured on another step than the base at {Identity(first[i])}.");
                }
            }
        }

        return arms;
    }

    private static (string, int, int, int, bool) Identity(ScoredTurn turn) =>
        (turn.EpisodeId, turn.Window, turn.Step, turn.Tokens, turn.Verdict == CallVerdict.NotMeasured);

    private static ScoredTurn Judge(EvaluationRow row)
    {
        if (row.Tokens <= 0 || !double.IsFinite(row.Nats))
        {
            throw Bad($"A step of episode {row.EpisodeId} has no tokens or a loss that is not finite.");
        }

        var measured = row.Logged.Length > 0;
        if (measured && !CallJudge.HasCall(row.Logged))
        {
            throw Bad($"A logged turn of episode {row.EpisodeId} holds no tool call.");
        }

        return new ScoredTurn(
            row.EpisodeId,
            row.TaskId ?? row.EpisodeId,
            row.Window,
            row.Step,
            row.Tokens,
            row.Nats,
            measured ? CallJudge.Judge(row.Logged, row.Generated) : CallVerdict.NotMeasured
        );
    }

    private static BadInputException Bad(string reason) =>
        new(new SourceLocation("evaluation rows", 0), reason, "Evaluate again.");
}

/// <summary>One assistant turn under one arm, with its loss and the verdict judged from the texts.</summary>
internal sealed record ScoredTurn(
    string EpisodeId,
    string TaskId,
    int Window,
    int Step,
    int Tokens,
    double Nats,
    CallVerdict Verdict
);
