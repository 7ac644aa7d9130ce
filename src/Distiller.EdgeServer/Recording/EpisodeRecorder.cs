using System.Diagnostics.Metrics;
using System.Text.Json;
using Distiller.Core;
using Distiller.Edge.Chat;
using Distiller.Edge.Serving;
using Microsoft.Extensions.AI;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Distiller.EdgeServer.Recording;

/// <summary>
/// Writes answered conversations as the project's own episodes, and the outcomes that are told of them. A request that
/// repeats a conversation and goes on with it is the same episode: its line is written again, longer, and the collector
/// takes the later one. What cannot be written is counted and lost; no answer waits or fails for it. Safe from several
/// threads.
/// </summary>
internal sealed class EpisodeRecorder : IDisposable
{
    private const string Agent = "edge";
    private const string CutEvent = "answer cut off";
    private const string OutcomeEvent = "outcome told";
    private const string NoteMember = "note";

    /// <summary>Conversations that can be gone on with; the one answered longest ago is forgotten first.</summary>
    private const int ConversationsMax = 4096;

    private readonly Lock _lock = new();
    private readonly RecordFolder _folder;
    private readonly Func<Episode, Episode> _scrub;
    private readonly TimeProvider _time;
    private readonly Action<string> _tell;
    private readonly Meter _meter = new(EngineCounters.MeterName);
    private readonly Counter<long> _written;
    private readonly Counter<long> _lost;

    /// <summary>By the ids of their answers and by their own.</summary>
    private readonly Dictionary<string, RecordedConversation> _known = new(StringComparer.Ordinal);

    /// <summary>By <see cref="ConversationHeads.Of"/> of everything said, or by the client's name for it.</summary>
    private readonly Dictionary<string, RecordedConversation> _open = new(StringComparer.Ordinal);
    private readonly LinkedList<RecordedConversation> _recent = new();
    private string _file = "";

    /// <param name="tell">Is told what an operator should know.</param>
    /// <exception cref="BadInputException">The folder cannot be read.</exception>
    public EpisodeRecorder(RecordOptions options, TimeProvider time, Action<string> tell)
    {
        _folder = new RecordFolder(
            Path.GetFullPath(options.Folder!),
            options.FileBytesMax,
            (long)options.Megabytes << 20,
            time
        );
        _scrub = options.Scrub;
        _time = time;
        _tell = tell;
        _written = _meter.CreateCounter<long>(
            "distiller.edge.episodes_recorded",
            "{line}",
            "Lines of episodes written."
        );
        _lost = _meter.CreateCounter<long>(
            "distiller.edge.episodes_lost",
            "{line}",
            "Lines of episodes that could not be written."
        );
        Load();
    }

    /// <summary>Writes down an answer, and what it answers.</summary>
    /// <param name="name">The client's own for the conversation; null: it is told by what was said.</param>
    public void Answered(IReadOnlyList<AiMessage> messages, string? name, ChatResponse response)
    {
        try
        {
            lock (_lock)
            {
                Write(messages, name, response);
            }

            _written.Add(1);
        }
        catch (Exception e)
        {
            // Whatever it was: the answer is right, and is given.
            _lost.Add(1);
            _tell($"a conversation was not recorded: {e.Message}");
        }
    }

    /// <summary>Writes down how a conversation ended. The last one told counts; the lines of those before stay.</summary>
    /// <param name="id">Of any of its answers, or the conversation's.</param>
    /// <returns>Null: there is no such conversation here.</returns>
    /// <exception cref="BadInputException">The disk is full; nothing was told.</exception>
    public ToldOutcome? Tell(string id, OutcomeKind kind, string judge, string? note)
    {
        lock (_lock)
        {
            if (Find(id) is not { } conversation || RecordFolder.Read(conversation.Line) is not { } line)
            {
                return null;
            }

            var episode = JsonSerializer.Deserialize<Episode>(line, EpisodeJson.Options)!;
            var (cleanJudge, cleanNote) = Clean(episode, judge, note);
            var events = new SortedDictionary<string, int>(
                episode.Events.ToDictionary(e => e.Key, e => e.Value),
                StringComparer.Ordinal
            );
            // Counted, so that a verdict that returns to an earlier one is no repetition of that one's line.
            events[OutcomeEvent] = events.GetValueOrDefault(OutcomeEvent) + 1;
            conversation.Outcome = new Outcome(kind, cleanJudge);
            conversation.Events = events;
            Append(
                conversation,
                episode with
                {
                    Outcome = conversation.Outcome,
                    Events = events,
                },
                cleanNote,
                isDurable: true
            );
            return new ToldOutcome(conversation.Key, kind, cleanJudge, events[OutcomeEvent]);
        }
    }

    public void Dispose()
    {
        _folder.Dispose();
        _meter.Dispose();
    }

    private void Write(IReadOnlyList<AiMessage> messages, string? name, ChatResponse response)
    {
        var turns = messages.SelectMany(ChatTurns.Of).ToList();
        var id = response.ResponseId ?? throw new FormatException("The answer has no id.");
        var conversation = Continued(turns, name) ?? Begin(name ?? id);
        conversation.Requests.Add(
            new ModelRequest(id, UsageOf(response.Usage), ReleaseOf(response) ?? response.ModelId)
        );
        conversation.Answers.Add((turns.Count, id));
        if (response.FinishReason == ChatFinishReason.Length)
        {
            conversation.Events[CutEvent] = conversation.Events.GetValueOrDefault(CutEvent) + 1;
        }

        turns.AddRange(response.Messages.SelectMany(ChatTurns.Of));
        foreach (var (at, request) in conversation.Answers.Where(a => a.Turn < turns.Count))
        {
            if (turns[at].Role == TurnRole.Assistant)
            {
                turns[at] = turns[at] with { RequestId = request };
            }
        }

        Keep(conversation, name is null ? ConversationHeads.Of(turns)[^1] : NameHead(name));
        Append(
            conversation,
            _scrub(
                new Episode
                {
                    Id = default,
                    Format = "episode",
                    Key = conversation.Key,
                    Tenant = "default",
                    Agent = Agent,
                    Model = conversation.Requests[^1].Model,
                    StartedAt = conversation.StartedAt,
                    TaskId = TaskId(turns),
                    Turns = turns,
                    Outcome = conversation.Outcome,
                    Requests = [.. conversation.Requests],
                    Events = conversation.Events,
                }
            ),
            note: null,
            isDurable: false
        );
        _known[id] = conversation;
        _known[conversation.Key] = conversation;
    }

    /// <summary>The conversation whose every word the request repeats, with its last answer.</summary>
    private RecordedConversation? Continued(List<Turn> turns, string? name)
    {
        if (name is not null)
        {
            return _open.GetValueOrDefault(NameHead(name));
        }

        var heads = ConversationHeads.Of(turns);
        for (var i = turns.Count - 1; i >= 0; i--)
        {
            if (turns[i].Role == TurnRole.Assistant && _open.TryGetValue(heads[i], out var found))
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>No hash looks like it.</summary>
    private static string NameHead(string name) => $"name {name}";

    private RecordedConversation Begin(string key) => new(key, _time.GetUtcNow());

    /// <summary>Makes it known as the one that was said last.</summary>
    private void Keep(RecordedConversation conversation, string head)
    {
        if (conversation.Node is { } node)
        {
            _recent.Remove(node);
            Close(conversation);
        }

        conversation.Head = head;
        if (_open.TryGetValue(head, out var same))
        {
            // The same words a second time: who goes on with them cannot be told apart, and the later one is meant.
            _recent.Remove(same.Node!);
            same.Node = null;
        }

        _open[head] = conversation;
        conversation.Node = _recent.AddLast(conversation);
        while (_recent.Count > ConversationsMax)
        {
            var oldest = _recent.First!.Value;
            _recent.RemoveFirst();
            Close(oldest);
        }
    }

    private void Close(RecordedConversation conversation)
    {
        conversation.Node = null;
        if (_open.GetValueOrDefault(conversation.Head) == conversation)
        {
            _open.Remove(conversation.Head);
        }
    }

    private void Append(RecordedConversation conversation, Episode episode, string? note, bool isDurable)
    {
        var line = JsonSerializer.SerializeToNode(episode, EpisodeJson.Options)!.AsObject();
        if (note is not null)
        {
            line[NoteMember] = note;
        }

        conversation.Line = _folder.Append(line.ToJsonString(EpisodeJson.Options), isDurable);
        if (conversation.Line.File != _file)
        {
            _file = conversation.Line.File;
            ForgetRemoved();
        }
    }

    /// <summary>What stood in files that were removed to make room.</summary>
    private void ForgetRemoved()
    {
        var files = _folder.Files().ToHashSet(StringComparer.Ordinal);
        foreach (var (id, _) in _known.Where(k => !files.Contains(k.Value.Line.File)).ToList())
        {
            _known.Remove(id);
        }
    }

    private RecordedConversation? Find(string id) =>
        // A name that was scrubbed is known by what it became.
        _known.GetValueOrDefault(id) ?? _known.GetValueOrDefault(_scrub(Empty(id)).Key);

    private (string Judge, string? Note) Clean(Episode episode, string judge, string? note)
    {
        var clean = _scrub(
            Empty(episode.Key) with
            {
                Turns = [new Turn(TurnRole.User, note ?? "")],
                Outcome = Outcome.Unknown with { Judge = judge },
            }
        );
        return (clean.Outcome.Judge, note is null ? null : clean.Turns[0].Text);
    }

    private static Episode Empty(string key) =>
        new()
        {
            Id = default,
            Format = "episode",
            Key = key,
            Tenant = "default",
            Agent = Agent,
            TaskId = "",
            Turns = [],
            Outcome = Outcome.Unknown,
        };

    /// <summary>What earlier servers wrote, so that outcomes may be told of it.</summary>
    private void Load()
    {
        foreach (var file in _folder.Files())
        {
            try
            {
                LoadFile(file);
            }
            catch (Exception e) when (e is UnauthorizedAccessException or IOException)
            {
                throw new BadInputException(
                    new SourceLocation(file, 0),
                    $"The file cannot be read: {e.Message}",
                    "Change its permissions, or name another folder with --record.",
                    e
                );
            }
        }
    }

    private void LoadFile(string file)
    {
        var bytes = File.ReadAllBytes(file);
        for (var at = 0; at < bytes.Length; )
        {
            var end = Array.IndexOf(bytes, (byte)'\n', at);
            var length = (end < 0 ? bytes.Length : end + 1) - at;
            if (TryParse(bytes.AsSpan(at, length)) is { } episode)
            {
                // An earlier line's requests stand in the later one too, which is the one that counts.
                var conversation = _known.GetValueOrDefault(episode.Key) ?? Begin(episode.Key);
                conversation.Line = new RecordedLine(file, at, length);
                _known[episode.Key] = conversation;
                foreach (var request in episode.Requests)
                {
                    _known[request.Id] = conversation;
                }
            }

            at += length;
        }
    }

    /// <returns>Null: it is no episode; the collector says so.</returns>
    private static Episode? TryParse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<Episode>(line, EpisodeJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Conversations that begin with the same words are attempts at one task.</summary>
    private static string TaskId(List<Turn> turns) =>
        ConversationHeads.Of([.. turns.TakeWhile(t => t.Role != TurnRole.Assistant)]) is [.., { Length: > 0 } head]
            ? $"{Agent}/{head[..12]}"
            : Agent;

    private static string? ReleaseOf(ChatResponse response) =>
        // What updates tell goes into the message that they make up.
        (response.Messages.LastOrDefault()?.AdditionalProperties ?? response.AdditionalProperties)?.GetValueOrDefault(
            EdgeChatClient.ReleaseProperty
        ) as string;

    private static Usage UsageOf(UsageDetails? usage)
    {
        var cached = usage?.CachedInputTokenCount ?? 0;
        return new Usage(Math.Max(0, (usage?.InputTokenCount ?? 0) - cached), cached, 0, usage?.OutputTokenCount ?? 0);
    }
}
