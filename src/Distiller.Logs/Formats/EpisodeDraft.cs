using System.Text.Json;

namespace Distiller.Logs.Formats;

/// <summary>An episode while its record is read: what cannot be read of it is counted among its events.</summary>
internal sealed class EpisodeDraft
{
    private readonly SortedDictionary<string, int> _events = new(StringComparer.Ordinal);
    private readonly List<ModelRequest> _requests = [];
    private readonly HashSet<string> _requestIds = new(StringComparer.Ordinal);

    public List<Turn> Turns { get; } = [];

    public bool HasRequests => _requests.Count > 0;

    public void Count(string kind) => _events[kind] = _events.GetValueOrDefault(kind) + 1;

    /// <summary>Adds a message in the form of <see cref="ChatMessageJson"/>.</summary>
    public void AddMessage(JsonElement message, DateTimeOffset? time = null, string? requestId = null)
    {
        try
        {
            var turn = ChatMessageJson.ToTurn(message, Turns.Count);
            if (turn is { Role: TurnRole.Tool, ToolCallId: null })
            {
                turn = turn with { ToolCallId = LastCallId() };
            }

            Turns.Add(turn with { Time = time, RequestId = turn.Role == TurnRole.Assistant ? requestId : null });
        }
        catch (BadRecordException)
        {
            Count("unreadable_message");
        }
    }

    /// <summary>A request with an id that was told already is the same request.</summary>
    public void AddRequest(string id, Usage usage, string? model)
    {
        if (_requestIds.Add(id))
        {
            _requests.Add(new ModelRequest(id, usage, model));
        }
    }

    /// <summary>The last call of the last assistant turn: what an observation without an id answers.</summary>
    public string? LastCallId() =>
        Turns.FindLast(t => t.Role == TurnRole.Assistant) is { ToolCalls: [.., var call] } ? call.Id : null;

    public Episode ToEpisode(string format, string key, RecordContext context, string taskId, Outcome outcome) =>
        new()
        {
            Id = default,
            Format = format,
            Key = key,
            Tenant = context.Tenant,
            Agent = format,
            TaskId = taskId,
            Turns = Turns,
            Outcome = outcome,
            Requests = _requests,
            Events = _events,
        };
}
