using Distiller.Mining.Digesting;

namespace Distiller.Mining.Cards;

/// <summary>
/// Which files a kind of request needs first: for each file that tasks look at before they change anything, the word of their
/// requests that goes with it most surely. It is a finding only where chance would seldom give it.
/// </summary>
internal static class FileCards
{
    public static IEnumerable<CardDraft> Mine(ProjectTasks project, CardOptions options)
    {
        var tasks = project.Tasks;
        var words = tasks
            .SelectMany(t => t.Words.Select(w => (Word: w, Task: t)))
            .GroupBy(w => w.Word, StringComparer.Ordinal)
            .Where(g => options.IsWorth(g.Select(w => w.Task)) && g.Count() <= tasks.Count / 2)
            .ToDictionary(g => g.Key, g => g.Select(w => w.Task).ToHashSet(), StringComparer.Ordinal);
        var candidates = new List<(string File, string Word, List<EpisodeDigest> Both, double P)>();
        foreach (
            var file in tasks
                .SelectMany(t => t.FirstFiles.Select(f => (File: f, Task: t)))
                .GroupBy(f => f.File, StringComparer.Ordinal)
                .Where(g => options.IsWorth(g.Select(f => f.Task)))
                .OrderBy(g => g.Key, StringComparer.Ordinal)
        )
        {
            var having = file.Select(f => f.Task).ToHashSet();
            foreach (var (word, saying) in words.OrderBy(w => w.Key, StringComparer.Ordinal))
            {
                var both = saying.Where(having.Contains).ToList();
                if (options.IsWorth(both))
                {
                    var p = FisherTest.PValue(
                        both.Count,
                        saying.Count,
                        having.Count - both.Count,
                        tasks.Count - saying.Count
                    );
                    candidates.Add((file.Key, word, both, p));
                }
            }
        }

        var rates = FalseDiscoveries.Rates([.. candidates.Select(c => c.P)]);
        var findings = candidates
            .Zip(rates)
            .Where(c => c.Second <= options.FalseDiscoveryRateMax)
            .GroupBy(c => c.First.File, StringComparer.Ordinal)
            .Select(g => g.OrderBy(c => c.First.P).ThenBy(c => c.First.Word, StringComparer.Ordinal).First().First);
        foreach (var (file, word, both, _) in findings)
        {
            var card = CardDraft.Of(
                CardKind.Files,
                project,
                $"{word}\n{file}",
                $"Requests about \"{word}\": look at `{file}` first.",
                both
            );
            yield return card with
            {
                Card = card.Card with
                {
                    File = file,
                    TokensSaved = both.Average(t => t.FirstFileTokens[Array.IndexOf(t.FirstFiles, file)]),
                },
            };
        }
    }
}
