using System.Globalization;

namespace Distiller.Mining.Cards;

/// <summary>Which change resolved which error, where several tasks of several sessions show the same.</summary>
internal static class RecoveryCards
{
    public static IEnumerable<CardDraft> Mine(ProjectTasks project, CardOptions options)
    {
        var all = project
            .Tasks.SelectMany(t => t.Recoveries.Select(Recovery.Read).Select(r => (Task: t, Recovery: r)))
            .ToList();
        var errors = all.GroupBy(r => (r.Recovery.Error, r.Recovery.Command))
            .ToDictionary(g => g.Key, g => g.Select(r => r.Task).Distinct().Count());
        foreach (var group in all.GroupBy(r => (r.Recovery.Error, r.Recovery.Command, r.Recovery.Fix)))
        {
            var tasks = group.Select(r => r.Task).Distinct().ToList();
            var seen = errors[(group.Key.Error, group.Key.Command)];
            // An error that is resolved now one way and now another teaches none of them.
            if (
                tasks.Count < options.RecoveryTasksMin
                || CardOptions.SessionsOf(tasks) < options.SessionsMin
                || tasks.Count * 2 <= seen
            )
            {
                continue;
            }

            var card = CardDraft.Of(
                CardKind.Recovery,
                project,
                $"{group.Key.Error}\n{group.Key.Command}\n{group.Key.Fix}",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"When `{group.Key.Command}` says \"{group.Key.Error}\": {group.Key.Fix} resolved it (in {tasks.Count} of {seen} tasks)."
                ),
                tasks
            );
            yield return card with
            {
                Card = card.Card with
                {
                    PassRate = (double)tasks.Count / seen,
                    TokensSaved = group.Average(r => r.Recovery.Tokens),
                },
            };
        }
    }
}
