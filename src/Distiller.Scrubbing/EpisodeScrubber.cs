using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Distiller.Scrubbing;

/// <summary>Scrubs every text of one episode with one set of placeholders.</summary>
public sealed class EpisodeScrubber(ScrubRules rules)
{
    private readonly SecretScrubber _scrubber = new(rules);

    /// <inheritdoc cref="SecretScrubber.Counts"/>
    public IReadOnlyDictionary<string, int> Counts => _scrubber.Counts;

    public string Text(string text) => _scrubber.Scrub(text);

    /// <inheritdoc cref="SecretScrubber.NumberOnFrom"/>
    internal void NumberOnFrom(string text) => _scrubber.NumberOnFrom(text);

    public Turn Turn(Turn turn) =>
        turn with
        {
            Text = Text(turn.Text),
            ToolCalls = turn.ToolCalls.Count == 0 ? turn.ToolCalls : [.. turn.ToolCalls.Select(Call)],
            ToolCallId = Optional(turn.ToolCallId),
            RequestId = Optional(turn.RequestId),
        };

    /// <summary>
    /// An identifying name. Two names that differ only in the hidden part must stay different, so a hash of the whole is
    /// appended.
    /// </summary>
    public static string Name(string name, ScrubRules rules)
    {
        // SQL text cannot hold a zero character.
        var clean = new SecretScrubber(rules).Scrub(name).Replace('\0', '\uFFFD');
        return clean == name
            ? name
            : $"{clean}~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..12]}";
    }

    /// <summary>Everything but the turns: placeholders are numbered in the order of scrubbing, which is the caller's choice for turns.</summary>
    public Episode AllButTurns(Episode episode) =>
        episode with
        {
            Key = Name(episode.Key, rules),
            TaskId = Name(episode.TaskId, rules),
            Agent = Text(episode.Agent),
            Model = Optional(episode.Model),
            Session = Session(episode.Session),
            Outcome = episode.Outcome with { Judge = Text(episode.Outcome.Judge) },
            Requests = [.. episode.Requests.Select(r => r with { Id = Text(r.Id), Model = Optional(r.Model) })],
            Events = Events(episode.Events),
        };

    public Episode All(Episode episode)
    {
        var turns = episode.Turns.Select(Turn).ToList();
        return AllButTurns(episode with { Turns = turns });
    }

    private Session? Session(Session? session) =>
        session is null
            ? null
            : new Session(Name(session.Name, rules))
            {
                Parent = session.Parent is { } parent ? Name(parent, rules) : null,
                Project = Optional(session.Project),
                Repository = Optional(session.Repository),
                Branch = Optional(session.Branch),
            };

    private SortedDictionary<string, int> Events(IReadOnlyDictionary<string, int> events)
    {
        var clean = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, count) in events.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            var cleanName = Text(name);
            clean[cleanName] = clean.GetValueOrDefault(cleanName) + count;
        }

        return clean;
    }

    private ToolCall Call(ToolCall call) => new(Text(call.Id), Text(call.Name), Arguments(call.ArgumentsJson));

    private string Arguments(string json)
    {
        try
        {
            return _scrubber.ScrubJson(json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // Half a surrogate pair in a text, or two members that differ only in what is hidden.
            throw new BadRecordException(
                "The arguments of a tool call hold text that is not valid Unicode, or the same member twice.",
                "Correct the record."
            );
        }
    }

    private string? Optional(string? text) => text is null ? null : Text(text);
}
