using System.Text.Json;
using Distiller.Scrubbing;

namespace Distiller.Logs;

/// <summary>
/// Scrubs what is stored already by rules that know more. Placeholders that stand there stay, and new ones are numbered on
/// from them.
/// </summary>
public sealed class ScrubAgain(ScrubRules rules)
{
    private readonly SortedDictionary<string, long> _hidden = new(StringComparer.Ordinal);

    /// <summary>How many values of each type were found in addition.</summary>
    public IReadOnlyDictionary<string, long> Hidden => _hidden;

    /// <returns>Null: there is nothing to hide.</returns>
    public StoredEpisode? Change(StoredEpisode stored)
    {
        var episode = stored.Episode;
        var scrubber = new EpisodeScrubber(rules);
        foreach (var turn in episode.Turns)
        {
            scrubber.NumberOnFrom(turn.Text);
            foreach (var call in turn.ToolCalls)
            {
                scrubber.NumberOnFrom(call.ArgumentsJson);
            }
        }

        var before = new Dictionary<string, int>(scrubber.Counts, StringComparer.Ordinal);
        var clean = scrubber.All(episode);
        var file = EpisodeScrubber.Name(stored.Source.File, rules);
        if (file == stored.Source.File && Text(clean) == Text(episode))
        {
            return null;
        }

        foreach (var (type, count) in scrubber.Counts)
        {
            Count(type, count - before.GetValueOrDefault(type));
        }

        return new StoredEpisode(clean, stored.Source with { File = file });
    }

    public QuarantinedRecord Change(QuarantinedRecord record)
    {
        var scrubber = new SecretScrubber(rules);
        scrubber.NumberOnFrom(record.Excerpt);
        var before = new Dictionary<string, int>(scrubber.Counts, StringComparer.Ordinal);
        var clean = record with
        {
            Place = record.Place with { File = EpisodeScrubber.Name(record.Place.File, rules) },
            Excerpt = scrubber.Scrub(record.Excerpt),
        };
        foreach (var (type, count) in scrubber.Counts)
        {
            Count(type, count - before.GetValueOrDefault(type));
        }

        return clean;
    }

    private void Count(string type, int more)
    {
        if (more > 0)
        {
            _hidden[type] = _hidden.GetValueOrDefault(type) + more;
        }
    }

    /// <summary>All of an episode that is scrubbed.</summary>
    private static string Text(Episode e) =>
        JsonSerializer.Serialize(
            new
            {
                e.Key,
                e.TaskId,
                e.Session,
                e.Agent,
                e.Model,
                e.Outcome.Judge,
                Turns = EpisodeJson.TurnsToJson(e.Turns),
                Requests = EpisodeJson.RequestsToJson(e.Requests),
                e.Events,
            }
        );
}
