using System.Threading.Channels;
using Distiller.Core;

namespace Distiller.Edge.Serving;

/// <summary>A prompt to be continued.</summary>
internal sealed record GenerationRequest
{
    /// <summary>T token ids, at least one.</summary>
    public required int[] Prompt { get; init; }

    /// <summary>Null: the base alone.</summary>
    public required EdgeAdapter? Adapter { get; init; }

    public required SamplingOptions Sampling { get; init; }

    public required int MaxTokens { get; init; }

    /// <summary>In llama.cpp's notation: the whole answer is held by it. Null: nothing is.</summary>
    public string? Grammar { get; init; }

    /// <summary>Where the answer writes this text, what follows is held by <see cref="TriggeredGrammar"/>.</summary>
    public string? Trigger { get; init; }

    public string? TriggeredGrammar { get; init; }

    /// <summary>Whether it is measured how sure the model is.</summary>
    public bool IsMeasured { get; init; }

    /// <summary>Where the answer writes one of them it ends, without it.</summary>
    public IReadOnlyList<string> Stops { get; init; } = [];

    /// <summary>Longer than this, waiting included, and it ends.</summary>
    public required TimeSpan TimeMax { get; init; }

    public required CancellationToken Cancellation { get; init; }
}

/// <summary>How an answer ended.</summary>
public enum GenerationEnd
{
    /// <summary>The model ended its turn, or wrote a stop text.</summary>
    Stop,

    /// <summary>As many tokens as were allowed, or as the context has room for.</summary>
    Length,

    /// <summary>Its time was up.</summary>
    Timeout,
}

/// <summary>A piece of an answer.</summary>
/// <param name="Text">What the answer goes on with; may be empty.</param>
/// <param name="End">Not null: it is the last piece.</param>
internal readonly record struct GenerationPiece(string Text, GenerationEnd? End);

/// <summary>Tokens of one answer.</summary>
/// <param name="Cached">Of the prompt, that were not computed: they were in the cache, shared, or brought back from the disk.</param>
internal readonly record struct GenerationUsage(int Prompt, int Cached, int Output);

/// <summary>An answer under way: pieces as they come, and what it took.</summary>
internal sealed class Generation(GenerationRequest request, long submittedAt)
{
    private readonly Channel<GenerationPiece> _pieces = Channel.CreateUnbounded<GenerationPiece>(
        new UnboundedChannelOptions { SingleWriter = true, SingleReader = true }
    );

    public GenerationRequest Request { get; } = request;

    /// <summary>Of the engine's clock.</summary>
    public long SubmittedAt { get; } = submittedAt;

    /// <summary>Final once the last piece was read.</summary>
    public GenerationUsage Usage { get; internal set; }

    /// <summary>Final once the last piece was read; null: it was not measured.</summary>
    public AnswerConfidence? Confidence { get; internal set; }

    /// <summary>Ends after the last piece; throws what ended it otherwise.</summary>
    public IAsyncEnumerable<GenerationPiece> ReadAsync(CancellationToken cancellation) =>
        _pieces.Reader.ReadAllAsync(cancellation);

    internal void Write(string text) => _pieces.Writer.TryWrite(new GenerationPiece(text, null));

    internal void Finish(GenerationEnd end)
    {
        _pieces.Writer.TryWrite(new GenerationPiece("", end));
        _pieces.Writer.TryComplete();
    }

    internal void Fail(Exception error) => _pieces.Writer.TryComplete(error);
}

/// <summary>The engine takes no request now; the caller may try again.</summary>
public sealed class EngineBusyException(string message, bool isStopping) : Exception(message)
{
    /// <summary>It takes none any more.</summary>
    public bool IsStopping { get; } = isStopping;
}

/// <summary>A request that this model cannot carry out: too long, no such model, a schema that cannot be held.</summary>
/// <param name="code">As OpenAI names it, for example <c>context_length_exceeded</c>.</param>
/// <param name="parameter">Of the request; null where none is to blame.</param>
public sealed class RequestRefusedException(string message, string code, string? parameter = null)
    : ArgumentException(message)
{
    public string Code { get; } = code;

    public string? Parameter { get; } = parameter;
}
