using System.Text.Json;
using Distiller.Mining.Outcomes;

namespace Distiller.Mining.Examples;

/// <summary>
/// Finds turns of an episode that led nowhere, where the transcript shows that they did not matter: what was read again and had
/// not changed, calls that were refused for their form and given anew at once, and edits that a later edit took back. A student
/// that is shown them learns to wander.
/// </summary>
internal static class Wandering
{
    /// <returns>Indices of turns that can be left out, each call with its result.</returns>
    public static IReadOnlySet<int> Of(Episode episode)
    {
        var steps = Steps(episode);
        var wasted = new HashSet<Step>();
        wasted.UnionWith(RepeatedReads(steps));
        wasted.UnionWith(Retried(steps));
        wasted.UnionWith(UndoneEdits(steps));
        // A turn goes only whole: what it says stands beside its calls, and a call without its turn is none.
        return steps
            .GroupBy(s => s.Turn)
            .Where(g => g.All(wasted.Contains))
            .SelectMany(g => g.SelectMany(s => new[] { s.Turn, s.ResultTurn }))
            .ToHashSet();
    }

    /// <summary>The same call with the same answer as before it, and nothing was changed in between.</summary>
    private static IEnumerable<Step> RepeatedReads(IReadOnlyList<Step> steps)
    {
        var seen = new Dictionary<(string, string), string>();
        foreach (var step in steps)
        {
            if (FileEdits.IsEdit(step.Call))
            {
                seen.Clear();
                continue;
            }

            var key = (step.Call.Name, step.Call.ArgumentsJson);
            if (seen.TryGetValue(key, out var before) && before == step.Result.Text && IsRead(step.Call))
            {
                yield return step;
            }

            seen[key] = step.Result.Text;
        }
    }

    /// <summary>A call whose form was refused, where the very next call of the same tool went through.</summary>
    private static IEnumerable<Step> Retried(IReadOnlyList<Step> steps)
    {
        for (var i = 0; i + 1 < steps.Count; i++)
        {
            var (step, next) = (steps[i], steps[i + 1]);
            // A shell's error is news to the agent; that a call was malformed is not.
            if (
                step.Result.IsError
                && !next.Result.IsError
                && step.Call.Name == next.Call.Name
                && step.Turn != next.Turn
                && CommandLine.Of(step.Call).Length == 0
                && FileEdits.FileOf(step.Call) == FileEdits.FileOf(next.Call)
            )
            {
                yield return step;
            }
        }
    }

    /// <summary>An edit and the later one of the same file that takes it back word for word; both go.</summary>
    private static IEnumerable<Step> UndoneEdits(IReadOnlyList<Step> steps)
    {
        var edits = steps
            .Select(s => (Step: s, Edit: Replacement.Of(s.Call)))
            .Where(e => e.Edit is not null && !e.Step.Result.IsError)
            .ToList();
        for (var i = 0; i < edits.Count; i++)
        {
            // Only the next edit of the file: what lies between two others would not apply without them.
            var next = edits.FindIndex(i + 1, e => e.Edit!.File == edits[i].Edit!.File);
            if (next >= 0 && edits[next].Edit == edits[i].Edit!.Inverse && !IsChecked(edits[i].Step, edits[next].Step))
            {
                yield return edits[i].Step;
                yield return edits[next].Step;
            }
        }

        // What was run between the two may have shown that the edit was wrong: then it mattered.
        bool IsChecked(Step from, Step to) => steps.Any(s => s.Turn > from.Turn && s.Turn < to.Turn && CommandRun(s));

        static bool CommandRun(Step step) => Cards.CommandRun.CommandsOf(CommandLine.Of(step.Call)).Any();
    }

    /// <summary>A look at something: not a shell's command that does something, nor a call that asks a person.</summary>
    private static bool IsRead(ToolCall call) =>
        CommandLine.Of(call) is { Length: > 0 } line
            ? !Cards.CommandRun.CommandsOf(line).Any()
            : FileEdits.FileOf(call) is not null;

    /// <summary>Calls that have a result, in their order.</summary>
    private static List<Step> Steps(Episode episode)
    {
        var results = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (i, turn) in episode.Turns.Index())
        {
            if (turn is { Role: TurnRole.Tool, ToolCallId: { } id })
            {
                results[id] = i;
            }
        }

        return
        [
            .. episode
                .Turns.Index()
                // A turn with a call that nobody answered stays.
                .Where(t => t.Item.ToolCalls.Count > 0 && t.Item.ToolCalls.All(c => results.ContainsKey(c.Id)))
                .SelectMany(t =>
                    t.Item.ToolCalls.Select(c => new Step(t.Index, c, results[c.Id], episode.Turns[results[c.Id]]))
                ),
        ];
    }

    private sealed record Step(int Turn, ToolCall Call, int ResultTurn, Turn Result);

    /// <summary>An edit that names the text before and after it.</summary>
    private sealed record Replacement(string File, string Old, string New)
    {
        private static readonly (string Old, string New)[] Members =
        [
            ("old_string", "new_string"),
            ("old_str", "new_str"),
        ];

        public Replacement Inverse => new(File, New, Old);

        public static Replacement? Of(ToolCall call)
        {
            if (FileEdits.FileOf(call) is not { } file)
            {
                return null;
            }

            using var arguments = JsonDocument.Parse(call.ArgumentsJson);
            var root = arguments.RootElement;
            foreach (var (before, after) in Members)
            {
                if (
                    root.TryGetProperty(before, out var old)
                    && root.TryGetProperty(after, out var replacement)
                    && old.ValueKind == JsonValueKind.String
                    && replacement.ValueKind == JsonValueKind.String
                )
                {
                    return new Replacement(file, old.GetString()!, replacement.GetString()!);
                }
            }

            return null;
        }
    }
}
