namespace Distiller.Core;

/// <summary>
/// Tokens of one or many model requests in four additive classes. Providers differ in what "input" includes;
/// every reader normalises while it reads, so that the classes never overlap and may be summed.
/// </summary>
/// <param name="Input">Prompt tokens that were neither read from nor written to a cache.</param>
/// <param name="CacheRead">Prompt tokens served from the provider's prefix cache.</param>
/// <param name="CacheWrite">Prompt tokens written to the provider's prefix cache.</param>
/// <param name="Output">Completion tokens, reasoning included.</param>
public readonly record struct Usage(long Input, long CacheRead, long CacheWrite, long Output)
{
    public static Usage Zero => default;

    public long Total => Input + CacheRead + CacheWrite + Output;

    public static Usage operator +(Usage a, Usage b) =>
        new(a.Input + b.Input, a.CacheRead + b.CacheRead, a.CacheWrite + b.CacheWrite, a.Output + b.Output);
}

/// <summary>One billed request to a model. However many log lines it was written as, it is counted once.</summary>
/// <param name="Id">The provider's message or request id where the log has one, else unique within the episode.</param>
public sealed record ModelRequest(string Id, Usage Usage, string? Model = null);
