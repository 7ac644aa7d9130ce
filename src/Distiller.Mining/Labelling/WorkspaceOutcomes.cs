using System.Globalization;
using Distiller.Lake.Catalog;
using Distiller.Mining.Outcomes;
using Distiller.Mining.Repositories;

namespace Distiller.Mining.Labelling;

/// <summary>
/// How the tasks of a workspace ended, from all that is known: what people said, the logs' own verdicts, what the repository
/// showed at the last mining, and the rules. What the nights judged is read from what they keep; what no night has seen yet is
/// judged when it is asked for. Needs no lock on the workspace.
/// </summary>
/// <param name="rules">For what no night has judged.</param>
public sealed class WorkspaceOutcomes(string home, OutcomeRules rules, TimeProvider time)
{
    private readonly string _home = Path.GetFullPath(home);

    /// <summary>As they are known now, for episodes that are read.</summary>
    /// <exception cref="BadInputException">The file of labels is damaged.</exception>
    public TaskOutcomes Tasks() =>
        new(rules, new LabelBook(_home, time).Current(), Directory.Exists(_home) ? Repository() : null);

    /// <summary>For lists: an episode of several tasks ended as <see cref="TaskOutcomes.Whole"/> says.</summary>
    public EpisodeOutcomes Episodes() => new(Version, Read);

    private string Version() =>
        string.Join(
            ' ',
            new[] { LabelBook.FileName, "kept", $"artifacts/{ArtifactKind.Mined}" }
                .Select(name => Path.Combine(_home, name))
                .Select(path =>
                    (File.Exists(path) || Directory.Exists(path) ? File.GetLastWriteTimeUtc(path).Ticks : 0).ToString(
                        CultureInfo.InvariantCulture
                    )
                )
        );

    private IReadOnlyDictionary<string, Evidence> Repository()
    {
        using var workspace = Workspace.OpenReadOnly(_home);
        return RepositoryVerdict.Newest(workspace);
    }

    private IEnumerable<JudgedEpisode> Read(IReadOnlyList<string> parts)
    {
        var outcomes = Tasks();
        using var workspace = Workspace.OpenReadOnly(_home);
        var known = workspace
            .Kept.Newest(KeptOutcome.Name)
            .SelectMany(ParquetFile.Read<KeptOutcome>)
            .GroupBy(t => new EpisodeId(t.Id).Collected.Value, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => TaskOutcomes.Whole([.. g.Select(outcomes.Of)]), StringComparer.Ordinal);
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in parts)
        {
            var ids = EpisodeFile.ReadIds(part).Select(i => i.Value).Where(told.Add).ToList();
            var news = ids.Where(i => !known.ContainsKey(i)).ToHashSet(StringComparer.Ordinal);
            foreach (var id in ids.Where(known.ContainsKey))
            {
                yield return JudgedEpisode.Of(id, known[id]);
            }

            if (news.Count > 0)
            {
                foreach (var episode in EpisodeFile.Read(part).Where(e => news.Contains(e.Id.Value)))
                {
                    yield return JudgedEpisode.Of(
                        episode.Id.Value,
                        TaskOutcomes.Whole([.. outcomes.Of(episode).Select(t => t.Outcome)])
                    );
                }
            }
        }
    }
}
