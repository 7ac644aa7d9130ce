using System.Diagnostics.Metrics;
using Distiller.Edge.Serving;
using Microsoft.Extensions.AI;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Distiller.EdgeServer.Drift;

/// <summary>
/// Lets the base answer, with the entries in its prompt, where an entry of the document changed since the adapter learnt and
/// touches what is asked; the adapter answers everything else. The first request of a conversation decides for all of it, so that
/// an answer never begins with one and goes on with the other.
/// </summary>
internal sealed class DriftChatClient : DelegatingChatClient
{
    private readonly EdgeHost _host;
    private readonly CurrentDocument _document;
    private readonly Meter _meter = new(EngineCounters.MeterName);
    private readonly Counter<long> _answers;

    public DriftChatClient(IChatClient own, EdgeHost host, CurrentDocument document)
        : base(own)
    {
        (_host, _document) = (host, document);
        _answers = _meter.CreateCounter<long>(
            "distiller.edge.drift_answers",
            "{answer}",
            "Answers with a document beside the adapter, by who gives them: adapter, document."
        );
    }

    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<AiMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var (asked, model) = Route([.. messages], options);
        return base.GetResponseAsync(asked, model, cancellationToken);
    }

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<AiMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var (asked, model) = Route([.. messages], options);
        return base.GetStreamingResponseAsync(asked, model, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _meter.Dispose();
        }

        base.Dispose(disposing);
    }

    private (IReadOnlyList<AiMessage> Messages, ChatOptions? Options) Route(
        IReadOnlyList<AiMessage> messages,
        ChatOptions? options
    )
    {
        if (_host.Catalog.Resolve(options?.ModelId).Context is not { } context)
        {
            return (messages, options);
        }

        var drifted = _document.Against(context);
        var request = messages.FirstOrDefault(m => m.Role == ChatRole.User)?.Text ?? "";
        var text = drifted.For(request);
        _answers.Add(1, new KeyValuePair<string, object?>("by", text is null ? "adapter" : "document"));
        if (text is null)
        {
            return (messages, options);
        }

        var own = options?.Clone() ?? new ChatOptions();
        own.ModelId = _host.Catalog.BaseName;
        return (WithDocument(messages, drifted.PromptLine, text), own);
    }

    /// <summary>
    /// The document stands where the short line was; what else a system message says stays before it.
    /// </summary>
    private static IReadOnlyList<AiMessage> WithDocument(IReadOnlyList<AiMessage> messages, string line, string text)
    {
        var system = messages.FirstOrDefault(m => m.Role == ChatRole.System);
        var said = (system?.Text ?? "").Replace(line.Length > 0 ? line : "\0", "", StringComparison.Ordinal).Trim();
        return
        [
            new AiMessage(ChatRole.System, said.Length == 0 ? text : $"{said}\n{text}"),
            .. messages.Where(m => !ReferenceEquals(m, system)),
        ];
    }
}
