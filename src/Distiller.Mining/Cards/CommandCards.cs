using System.Globalization;
using Distiller.Mining.Digesting;
using Distiller.Mining.Outcomes;

namespace Distiller.Mining.Cards;

/// <summary>Which command tests, lints and builds a project, and which others its tasks need.</summary>
internal static class CommandCards
{
    public static IEnumerable<CardDraft> Mine(ProjectTasks project, CardOptions options)
    {
        var uses = project
            .Tasks.SelectMany(t => t.Commands.Select(CommandRun.Read).Select(r => new Use(t, r)))
            .GroupBy(u => (u.Run.Kind, Name: CommandTemplate.NameOf(u.Run.Command)))
            .ToList();
        foreach (var use in uses.Where(g => options.IsWorth(g.Select(u => u.Task))))
        {
            var passed = use.Where(u => u.Run.Passed).ToList();
            if (passed.Count == 0)
            {
                continue; // It never ran through: nothing to recommend.
            }

            var template = CommandTemplate.Of([.. use.Select(u => u.Run.Command).Distinct(StringComparer.Ordinal)]);
            var example = passed
                .GroupBy(u => u.Run.Command, StringComparer.Ordinal)
                .OrderByDescending(g => g.Count())
                .ThenBy(g => g.Key.Length)
                .ThenBy(g => g.Key, StringComparer.Ordinal)
                .First()
                .Key;
            var rate = (double)passed.Count / use.Count();
            var like = example == template ? "" : $", for example `{example}`";
            var following = use.Select(u => u.Task).Distinct().ToList();
            var card = CardDraft.Of(
                KindOf(use.Key.Kind),
                project,
                use.Key.Name,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Verb(use.Key.Kind)} `{template}`{like} (ran through in {rate * 100:F0} % of {use.Count()} uses)."
                ),
                following
            );
            yield return card with
            {
                Card = card.Card with
                {
                    PassRate = rate,
                    TokensSaved = (double)use.Sum(u => u.Run.DetourTokens) / following.Count,
                    ReplacedBy = use.Key.Kind is { } kind
                        ? Replacement(use, uses.Where(o => o.Key.Kind == kind && o.Key.Name != use.Key.Name), options)
                        : null,
                },
            };
        }
    }

    /// <summary>What was run in its place ever since, in tasks enough to tell; null where it still counts.</summary>
    private static string? Replacement(
        IEnumerable<Use> use,
        IEnumerable<IGrouping<(CommandKind? Kind, string Name), Use>> others,
        CardOptions options
    )
    {
        var last = use.Max(u => u.Task.Time);
        return others
            .Select(o =>
                (
                    o.Key.Name,
                    Later: o.Where(u => u.Run.Passed && u.Task.Time > last).Select(u => u.Task).Distinct().Count()
                )
            )
            .Where(o => o.Later >= options.ReplacingTasksMin)
            .OrderByDescending(o => o.Later)
            .ThenBy(o => o.Name, StringComparer.Ordinal)
            .Select(o => o.Name)
            .FirstOrDefault();
    }

    private static CardKind KindOf(CommandKind? kind) =>
        kind switch
        {
            CommandKind.Tests => CardKind.Tests,
            CommandKind.Lints => CardKind.Lints,
            CommandKind.Builds => CardKind.Builds,
            _ => CardKind.Command,
        };

    private static string Verb(CommandKind? kind) =>
        kind switch
        {
            CommandKind.Tests => "Run tests with",
            CommandKind.Lints => "Check the code with",
            CommandKind.Builds => "Build with",
            CommandKind.Commits => "Commit with",
            CommandKind.Pushes => "Push with",
            CommandKind.PullRequests => "Open a pull request with",
            _ => "Tasks here run",
        };

    private sealed record Use(EpisodeDigest Task, CommandRun Run);
}
