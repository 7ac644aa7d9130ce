using System.ClientModel;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Distiller.Edge.Chat;
using Distiller.Edge.Serving;
using Microsoft.Extensions.AI;
using OpenAI;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Distiller.EdgeServer.Escalation;

/// <summary>
/// Lets the adapter answer, and asks a larger model where the release's classifier says that the answer is likely wrong.
/// Such a release's answers are held back until they stand; those of others pass as they come. Where the larger model cannot
/// be reached the adapter's answer is given all the same.
/// </summary>
internal sealed class EscalatingChatClient : DelegatingChatClient
{
    private readonly EdgeHost _host;
    private readonly IChatClient _larger;
    private readonly EscalationOptions _options;
    private readonly Action<string> _tell;
    private readonly Meter _meter = new(EngineCounters.MeterName);
    private readonly Counter<long> _answers;
    private readonly Counter<long> _tokens;
    private readonly Counter<double> _usd;

    /// <param name="larger">Disposed of with this one.</param>
    /// <param name="tell">Is told what an operator should know.</param>
    public EscalatingChatClient(
        IChatClient own,
        EdgeHost host,
        IChatClient larger,
        EscalationOptions options,
        Action<string> tell
    )
        : base(own)
    {
        (_host, _larger, _options, _tell) = (host, larger, options, tell);
        _answers = _meter.CreateCounter<long>(
            "distiller.edge.routed_answers",
            "{answer}",
            "Answers that were judged, by what became of them: kept, escalated, failed."
        );
        _tokens = _meter.CreateCounter<long>(
            "distiller.edge.escalated_tokens",
            "{token}",
            "Tokens of the larger model, by class: input, cached, output."
        );
        _usd = _meter.CreateCounter<double>(
            "distiller.edge.escalated_cost",
            "{USD}",
            "What these tokens cost at the prices given."
        );
    }

    /// <summary>A client of the API that the options name.</summary>
    /// <exception cref="Core.BadInputException">They name none.</exception>
    public static IChatClient Larger(EscalationOptions options, TimeSpan timeMax) =>
        new OpenAIClient(
            new ApiKeyCredential(options.Key ?? "none"),
            new OpenAIClientOptions { Endpoint = options.Endpoint(), NetworkTimeout = timeMax }
        )
            .GetChatClient(options.Model)
            .AsIChatClient();

    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<AiMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<AiMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var asked = messages.ToList();
        var own = base.GetStreamingResponseAsync(asked, options, cancellationToken);
        if (_host.Catalog.Resolve(options?.ModelId).Router is null)
        {
            await foreach (var update in own.WithCancellation(cancellationToken))
            {
                yield return update;
            }

            yield break;
        }

        var answer = new List<ChatResponseUpdate>();
        await foreach (var update in own.WithCancellation(cancellationToken))
        {
            answer.Add(update);
        }

        if (IsKept(answer))
        {
            Count("kept");
            foreach (var update in answer)
            {
                yield return update;
            }

            yield break;
        }

        await using var larger = _larger
            .GetStreamingResponseAsync(asked, ForLarger(options), cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        if (!await BeginAsync(larger, cancellationToken))
        {
            Count("failed");
            foreach (var update in answer)
            {
                yield return update;
            }

            yield break;
        }

        Count("escalated");
        do
        {
            // Others name a date or a host; whoever asked is told what was configured.
            larger.Current.ModelId = _options.Model;
            foreach (var usage in larger.Current.Contents.OfType<UsageContent>())
            {
                Count(usage.Details);
            }

            yield return larger.Current;
        } while (await larger.MoveNextAsync());
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _larger.Dispose();
            _meter.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool IsKept(List<ChatResponseUpdate> answer) =>
        answer is [.., { AdditionalProperties: { } properties }]
        && properties.GetValueOrDefault(EdgeChatClient.ScoreProperty) is ScoredAnswer score
        && score.Router.ThresholdFor(_options.ErrorRate) is { } threshold
        && score.Right >= threshold;

    /// <returns>False: it cannot be reached, or has nothing to say.</returns>
    private async Task<bool> BeginAsync(IAsyncEnumerator<ChatResponseUpdate> larger, CancellationToken cancellation)
    {
        try
        {
            return await larger.MoveNextAsync();
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested && e is not OutOfMemoryException)
        {
            // Whatever became of the other server: there is an answer, if a doubtful one.
            _tell($"{_options.Model} did not answer, the adapter's answer is given: {e.Message}");
            return false;
        }
    }

    private ChatOptions ForLarger(ChatOptions? options)
    {
        var asked = options?.Clone() ?? new ChatOptions();
        asked.ModelId = _options.Model;
        // What no API of this kind knows.
        asked.TopK = null;
        return asked;
    }

    private void Count(string became) => _answers.Add(1, new KeyValuePair<string, object?>("became", became));

    private void Count(UsageDetails usage)
    {
        var cached = usage.CachedInputTokenCount ?? 0;
        var input = Math.Max(0, (usage.InputTokenCount ?? 0) - cached);
        var output = usage.OutputTokenCount ?? 0;
        Count("input", input);
        Count("cached", cached);
        Count("output", output);
        _usd.Add(((input * _options.UsdInput) + (cached * _options.UsdCached) + (output * _options.UsdOutput)) / 1e6);
    }

    private void Count(string kind, long tokens) =>
        _tokens.Add(tokens, new KeyValuePair<string, object?>("class", kind));
}
