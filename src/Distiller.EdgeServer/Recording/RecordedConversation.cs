using Distiller.Core;

namespace Distiller.EdgeServer.Recording;

/// <summary>A conversation that may still go on.</summary>
internal sealed class RecordedConversation(string key, DateTimeOffset startedAt)
{
    public string Key { get; } = key;

    public DateTimeOffset StartedAt { get; } = startedAt;

    public List<ModelRequest> Requests { get; } = [];

    /// <summary>Which turn answers which request.</summary>
    public List<(int Turn, string Request)> Answers { get; } = [];

    public Outcome Outcome { get; set; } = Outcome.Unknown;

    public SortedDictionary<string, int> Events { get; set; } = new(StringComparer.Ordinal);

    public RecordedLine Line { get; set; }

    public string Head { get; set; } = "";

    public LinkedListNode<RecordedConversation>? Node { get; set; }
}

/// <summary>An outcome as it now stands.</summary>
/// <param name="Conversation">The key of its episode.</param>
/// <param name="Told">How often an outcome was told of it, this one included.</param>
internal sealed record ToldOutcome(string Conversation, OutcomeKind Kind, string Judge, int Told);
