using System.Globalization;
using Distiller.Mining.Digesting;

namespace Distiller.Mining.Cards;

/// <summary>What users corrected in two or more sessions: messages that share most of their telling words say the same.</summary>
internal static class CorrectionCards
{
    private const int SharedWordsMin = 2;
    private const double SharedShareMin = 0.5;

    public static IEnumerable<CardDraft> Mine(ProjectTasks project, CardOptions options)
    {
        var left = project
            .Tasks.SelectMany(t => t.Corrections.Select(Correction.Read).Select(c => new Said(t, c, c.Words())))
            .Where(s => s.Words.Count >= SharedWordsMin)
            .OrderBy(s => s.Correction.Text.Length)
            .ThenBy(s => s.Task.Id, StringComparer.Ordinal)
            .ThenBy(s => s.Correction.Text, StringComparer.Ordinal)
            .ToList();
        while (left.Count > 0)
        {
            // The shortest wording stands for the others.
            var first = left[0];
            var same = left.FindAll(s => s.IsLike(first.Words));
            left.RemoveAll(same.Contains);
            var tasks = same.Select(s => s.Task).Distinct().ToList();
            if (CardOptions.SessionsOf(tasks) < options.SessionsMin)
            {
                continue;
            }

            var card = CardDraft.Of(
                CardKind.Correction,
                project,
                string.Join(' ', first.Words.Order(StringComparer.Ordinal)),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Users had to say in {CardOptions.SessionsOf(tasks)} sessions: \"{first.Correction.Text}\""
                ),
                tasks
            );
            yield return card with
            {
                Card = card.Card with { TokensSaved = same.Average(s => s.Correction.Tokens) },
            };
        }
    }

    private sealed record Said(EpisodeDigest Task, Correction Correction, IReadOnlySet<string> Words)
    {
        public bool IsLike(IReadOnlySet<string> other)
        {
            var shared = Words.Count(other.Contains);
            return shared >= SharedWordsMin && shared >= SharedShareMin * (Words.Count + other.Count - shared);
        }
    }
}
