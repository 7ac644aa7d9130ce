using System.Text.RegularExpressions;

namespace Distiller.Mining.Outcomes;

/// <summary>Reads the facts out of a task's transcript, in one pass over its calls and their results.</summary>
internal sealed partial class TaskFacts
{
    private readonly OutcomeRules _rules;
    private readonly IReadOnlyList<Turn> _turns;
    private readonly IReadOnlyDictionary<string, Turn> _results;
    private readonly Dictionary<CommandKind, bool> _lastRuns = [];
    private readonly HashSet<TaskFact> _facts = [];

    private TaskFacts(Episode task, OutcomeRules rules)
    {
        _rules = rules;
        _turns = task.Turns;
        _results = ToolResults.Of(task);
    }

    /// <param name="hasNext">Whether the user went on with another request.</param>
    public static IReadOnlySet<TaskFact> Of(Episode task, OutcomeRules rules, bool hasNext)
    {
        var reader = new TaskFacts(task, rules);
        reader.ReadCalls();
        reader.ReadRuns();
        reader.ReadUser();
        reader.ReadEnd();
        if (hasNext)
        {
            reader._facts.Add(TaskFact.NextRequest);
        }

        return reader._facts;
    }

    private void ReadCalls()
    {
        foreach (var call in _turns.SelectMany(t => t.ToolCalls))
        {
            var result = _results.GetValueOrDefault(call.Id);
            var failed = result is null || result.IsError;
            if (!failed && FileEdits.IsEdit(call))
            {
                _facts.Add(TaskFact.Edits);
                // What was checked before this edit says nothing of it.
                _lastRuns.Clear();
            }

            foreach (var kind in _rules.KindsOf(CommandLine.Of(call)))
            {
                if (result is null)
                {
                    continue;
                }

                var passed = !result.IsError && !_rules.TellsFailure(result.Text);
                if (kind is CommandKind.Tests or CommandKind.Lints or CommandKind.Builds)
                {
                    _lastRuns[kind] = passed;
                }
                else if (passed)
                {
                    _facts.Add(kind == CommandKind.Commits ? TaskFact.Committed : TaskFact.Pushed);
                }
            }

            if (result is { IsError: true } && Denial().IsMatch(result.Text))
            {
                _facts.Add(TaskFact.Denied);
            }
        }
    }

    private void ReadRuns()
    {
        var request = _turns.FirstOrDefault(t => t.IsRequest)?.Text ?? "";
        foreach (var (kind, passed) in _lastRuns)
        {
            _facts.Add(
                (kind, passed) switch
                {
                    (CommandKind.Tests, true) => TaskFact.TestsPassed,
                    (CommandKind.Tests, false) => TaskFact.TestsFailed,
                    (CommandKind.Lints, true) => TaskFact.LintsPassed,
                    (CommandKind.Lints, false) => TaskFact.LintsFailed,
                    (_, true) => TaskFact.BuildsPassed,
                    _ => TaskFact.BuildsFailed,
                }
            );
            var name = kind switch
            {
                CommandKind.Tests => TestWord(),
                CommandKind.Lints => LintWord(),
                _ => BuildWord(),
            };
            if (name.IsMatch(request))
            {
                _facts.Add(passed ? TaskFact.NamedCheckPassed : TaskFact.NamedCheckFailed);
            }
        }
    }

    private void ReadUser()
    {
        var first = true;
        for (var i = 0; i < _turns.Count; i++)
        {
            if (!_turns[i].IsRequest)
            {
                continue;
            }

            var phrase = first ? null : _rules.PhraseOf(_turns[i].Text);
            first = false;
            var actedOn = _turns.Skip(i + 1).Any(t => t.ToolCalls.Count > 0);
            switch (phrase)
            {
                case PhraseKind.Thanks when !actedOn:
                    _facts.Add(TaskFact.Thanked);
                    break;
                case PhraseKind.Ships:
                    _facts.Add(TaskFact.Shipped);
                    break;
                case PhraseKind.Corrects:
                    _facts.Add(TaskFact.Corrected);
                    _facts.Remove(TaskFact.Thanked);
                    break;
            }
        }
    }

    private void ReadEnd()
    {
        var last = _turns.LastOrDefault(t => t.Role != TurnRole.User || t.IsRequest);
        var answered =
            last is { Role: TurnRole.Assistant } && !string.IsNullOrWhiteSpace(last.Text) && last.ToolCalls.Count == 0;
        if (answered)
        {
            _facts.Add(TaskFact.Answers);
        }
        else if (last is null || !(last.IsRequest && _facts.Contains(TaskFact.Thanked)))
        {
            _facts.Add(TaskFact.CutOff);
        }

        if (
            _turns.Count > 0
            && _turns[^1] is { Role: TurnRole.User, Origin: TurnOrigin.Harness } notice
            && Interruption().IsMatch(notice.Text)
        )
        {
            _facts.Add(TaskFact.Interrupted);
        }

        if (_turns.LastOrDefault(t => t.Role == TurnRole.Tool) is { IsError: true } && !answered)
        {
            _facts.Add(TaskFact.ErrorAtEnd);
        }
    }

    [GeneratedRegex(@"\btests?\b|\bspecs?\b|\bcoverage\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TestWord();

    [GeneratedRegex(
        @"\blint\w*|\btype ?check\w*|\bformat(ting|ter)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex LintWord();

    [GeneratedRegex(@"\bbuilds?\b|\bcompil\w+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex BuildWord();

    [GeneratedRegex(
        @"doesn't want to proceed|user (rejected|denied|declined)|(rejected|denied|declined) by (the )?user|permission denied by",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Denial();

    [GeneratedRegex(
        @"interrupted by user|turn_aborted|aborted by user",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Interruption();
}
