using System.Globalization;
using Distiller.Mining.Outcomes;

namespace Distiller.Mining.Cards;

/// <summary>An error of a command, and the one thing that was done before the command ran through.</summary>
/// <param name="Error">See <see cref="ErrorSignature"/>.</param>
/// <param name="Command">The name of what failed and ran through at last.</param>
/// <param name="Fix">What was done in between, in Markdown.</param>
/// <param name="Tokens">Of all turns in between.</param>
public sealed record Recovery(string Error, string Command, string Fix, int Tokens)
{
    private const char Separator = '\u001f';
    private const int RecoveriesMax = 16;
    private const int FixCharsMax = 120;

    /// <summary>One text, as the digest keeps it.</summary>
    public string Write() =>
        string.Create(CultureInfo.InvariantCulture, $"{Tokens}{Separator}{Command}{Separator}{Fix}{Separator}{Error}");

    public static Recovery Read(string text)
    {
        var parts = text.Split(Separator, 4);
        return new Recovery(parts[3], parts[1], parts[2], int.Parse(parts[0], CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// Those of a task whose cause the transcript shows: between the failure and the run that passed either one other command
    /// was run, or one file was edited, or the command itself was given in another way.
    /// </summary>
    /// <param name="countTokens">Tokens of a text in the base's vocabulary.</param>
    public static IReadOnlyList<Recovery> Of(Episode task, OutcomeRules rules, Func<string, int> countTokens)
    {
        var open = new Dictionary<string, Failure>(StringComparer.Ordinal);
        var found = new List<Recovery>();
        var results = ToolResults.Of(task);
        foreach (var (turn, call) in task.Turns.SelectMany((t, i) => t.ToolCalls.Select(c => (i, c))))
        {
            if (!results.TryGetValue(call.Id, out var result))
            {
                continue;
            }

            var passed = !result.IsError && !rules.TellsFailure(result.Text);
            if (FileEdits.IsEdit(call))
            {
                Note(passed ? $"an edit of `{FileEdits.ProjectFileOf(call) ?? "…"}`" : null);
                continue;
            }

            foreach (var command in CommandRun.CommandsOf(CommandLine.Of(call)))
            {
                var name = CommandTemplate.NameOf(command);
                if (
                    passed
                    && open.Remove(name, out var failure)
                    && failure.FixBy(command) is { Length: <= FixCharsMax } fix
                )
                {
                    found.Add(new Recovery(failure.Error, name, fix, Tokens(failure.Turn, turn)));
                }

                Note(passed ? $"`{command}`" : null);
                if (!passed && ErrorSignature.Of(result.Text) is { } error)
                {
                    open[name] = new Failure(error, command, turn);
                }
            }
        }

        return found.Count <= RecoveriesMax ? found : found[..RecoveriesMax];

        void Note(string? done)
        {
            if (done is not null)
            {
                open.Values.ToList().ForEach(f => f.Done.Add(done));
            }
        }

        int Tokens(int from, int to) =>
            task.Turns.Take(to).Skip(from + 1).Sum(t => countTokens(Conversation.ToMessage(t).Content));
    }

    private sealed record Failure(string Error, string Command, int Turn)
    {
        /// <summary>What was done since, without failing.</summary>
        public HashSet<string> Done { get; } = new(StringComparer.Ordinal);

        /// <summary>Null where several things were done, and nobody can tell which of them helped.</summary>
        public string? FixBy(string passing) =>
            Done.Count == 1 ? Done.Single()
            : Done.Count == 0 && passing != Command ? $"`{passing}`"
            : null;
    }
}
