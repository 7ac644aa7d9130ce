using Distiller.Core;
using Distiller.Retrieval;

namespace Distiller.Study;

/// <summary>A document in its newest version, with what was solved under this version and those before it.</summary>
/// <param name="Id">Of the newest version.</param>
/// <param name="Changed">Entries of which no older version has the same text, where there is an older version.</param>
/// <param name="Solved">The oldest first.</param>
/// <param name="Outdated">
/// Episodes that followed an entry which the newest version no longer has, or has in other words: they teach what no longer
/// holds.
/// </param>
public sealed record StudiedContext(
    string Id,
    ContextDocument Newest,
    int Changed,
    IReadOnlyList<SolvedEpisode> Solved,
    IReadOnlySet<EpisodeId> Outdated
)
{
    private const int DocumentsMax = 16;

    /// <summary>Texts that share most of their entries are versions of one document; the one used last is the newest.</summary>
    /// <param name="texts">Of the contexts, by id.</param>
    /// <returns>
    /// The most used first, and no more than a night can ask a teacher about; contexts without entries are left out.
    /// </returns>
    public static IReadOnlyList<StudiedContext> Of(
        IReadOnlyDictionary<string, string> texts,
        IEnumerable<SolvedEpisode> solved
    )
    {
        var used = solved
            .Where(s => texts.ContainsKey(s.ContextId))
            .OrderBy(s => s.StartedAt ?? DateTimeOffset.MinValue)
            .ThenBy(s => s.Id)
            .GroupBy(s => s.ContextId, StringComparer.Ordinal)
            .Select(g => new Version(g.Key, ContextDocument.Read(texts[g.Key]), [.. g]))
            .Where(v => v.Document.Entries.Count > 0)
            .OrderBy(v => v.Solved[^1].StartedAt ?? DateTimeOffset.MinValue)
            .ThenBy(v => v.Id, StringComparer.Ordinal)
            .ToList();
        var groups = new List<List<Version>>();
        foreach (var version in used)
        {
            if (groups.Find(g => g[^1].Document.IsVersionOf(version.Document)) is { } group)
            {
                group.Add(version);
            }
            else
            {
                groups.Add([version]);
            }
        }

        return
        [
            .. groups
                .OrderByDescending(g => g.Sum(v => v.Solved.Count))
                .ThenBy(g => g[^1].Id, StringComparer.Ordinal)
                .Take(DocumentsMax)
                .Select(Of),
        ];
    }

    private static StudiedContext Of(List<Version> versions)
    {
        var newest = versions[^1];
        var older = versions.SkipLast(1).ToList();
        var known = older.SelectMany(v => v.Document.Entries).Select(e => (e.Id, e.Text)).ToHashSet();
        return new StudiedContext(
            newest.Id,
            newest.Document,
            older.Count == 0 ? 0 : newest.Document.Entries.Count(e => !known.Contains((e.Id, e.Text))),
            [.. versions.SelectMany(v => v.Solved)],
            older.SelectMany(v => Superseded(v, newest.Document)).ToHashSet()
        );
    }

    /// <summary>The entry that an episode followed is the one whose text is nearest to what the agent said.</summary>
    private static IEnumerable<EpisodeId> Superseded(Version version, ContextDocument newest)
    {
        var now = newest.Entries.ToDictionary(e => e.Id, e => e.Text, StringComparer.Ordinal);
        var entries = version.Document.Entries;
        var nearest = new Bm25Index([.. entries.Select(e => e.Text)]);
        foreach (var solved in version.Solved)
        {
            var best = nearest.Search(solved.Past.Answer, 1).Best;
            if (
                best.Count > 0
                && entries[best[0].Position] is var entry
                && now.GetValueOrDefault(entry.Id) != entry.Text
            )
            {
                yield return solved.Id;
            }
        }
    }

    private sealed record Version(string Id, ContextDocument Document, IReadOnlyList<SolvedEpisode> Solved);
}
