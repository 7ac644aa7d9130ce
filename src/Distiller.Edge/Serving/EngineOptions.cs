using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Edge.Serving;

/// <summary>What answering may cost on a device.</summary>
public sealed record EngineOptions
{
    [Setting(
        "context",
        "Tokens that prompt and answer may have together; 0 takes what the base was trained for, 4096 at most"
    )]
    [Range(0, 1 << 20)]
    public int ContextTokens { get; init; }

    [Setting("slots", "Answers of one adapter at a time")]
    [Range(1, 64)]
    public int Slots { get; init; } = 4;

    [Setting("batch", "Tokens evaluated in one go")]
    [Range(1, 8192)]
    public int BatchTokens { get; init; } = 512;

    /// <inheritdoc cref="EdgeSessionOptions.Exact"/>
    public bool Exact { get; init; }

    [Setting(
        "draft",
        "Tokens guessed from what stands before and evaluated in one go, where that is measured to pay; 0 guesses none"
    )]
    [Range(0, 16)]
    public int DraftTokens { get; init; } = 4;

    [Setting("queue", "Requests that may wait; further ones are refused with 429")]
    [Range(1, 100_000)]
    public int QueueMax { get; init; } = 64;

    [Setting(
        "memory-mb",
        "Megabytes of adapters and caches, the base not counted; the adapter used longest ago leaves first"
    )]
    [Range(1, 1 << 20)]
    public int MemoryMegabytes { get; init; } = 1024;

    [Setting("frozen-mb", "Megabytes of idle sessions on the disk; 0 freezes none")]
    [Range(0, 1 << 20)]
    public int FrozenMegabytes { get; init; } = 512;

    [Setting("time-limit", "How long an answer may take, waiting included")]
    [Range(typeof(TimeSpan), "00:00:01", "24:00:00")]
    public TimeSpan TimeMax { get; init; } = TimeSpan.FromMinutes(5);

    [Setting("stop-within", "How long a server that is stopped lets answers go on")]
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(20);
}
