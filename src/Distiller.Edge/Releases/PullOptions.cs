using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Edge.Releases;

/// <summary>What a pull is to fetch, and what it takes although it would be refused.</summary>
public sealed record PullOptions
{
    public const string DefaultName = "nightly";

    /// <summary>The name by which the adapter is asked for on this device; each has its own registry, key and history.</summary>
    public string Name { get; init; } = DefaultName;

    /// <summary>A release's id or the beginning of it, a channel, or <c>latest</c>; null: <c>stable</c> if anything was promoted to it, else <c>latest</c>.</summary>
    public string? Reference { get; init; }

    /// <summary>Public key in PEM or base64, in a file: it is trusted from now on, and none before it.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The base it must be made for; null: told when it is loaded.</summary>
    public string? BasePath { get; init; }

    public IReadOnlySet<Allowance> Allowed { get; init; } = new HashSet<Allowance>();

    [Setting("max-bytes", "The largest adapter that is fetched, in bytes")]
    [Range(1, int.MaxValue)]
    public int BytesMax { get; init; } = 1 << 30;

    [Setting("keep", "Releases kept on the device beside the one in use, the newest first")]
    [Range(1, 1000)]
    public int Keep { get; init; } = 3;
}

/// <summary>What is refused unless it is told to be taken.</summary>
public enum Allowance
{
    /// <summary>A release of an earlier version, without a signature.</summary>
    Unsigned,

    /// <summary>Signed by a key that is not trusted here; it is not trusted afterwards either.</summary>
    ForeignKey,

    /// <summary>Taken out of its registry.</summary>
    Withdrawn,

    /// <summary>Published before one that was taken already.</summary>
    Older,

    /// <summary>Not shown to be good enough when it was evaluated.</summary>
    ClosedGate,
}

/// <summary>What a pull did.</summary>
/// <param name="Name"><see cref="PullOptions.Name"/>.</param>
/// <param name="Asked">What was asked for: a channel, <c>latest</c> or an id.</param>
/// <param name="Trust">Why its signature is believed: <c>known key</c>, <c>given key</c>, <c>first key met</c>, or what was allowed.</param>
/// <param name="FetchedBytes">Now, from the registry.</param>
/// <param name="ResumedBytes">That an earlier pull, which broke off, had fetched.</param>
/// <param name="WasHere">Whether the release lay on the device already, whole.</param>
/// <param name="Before">The release that was in use before; null for none.</param>
public sealed record PullResult(
    string Name,
    string Release,
    int Sequence,
    string Asked,
    string BaseName,
    string BaseSha256,
    string Trust,
    string? Key,
    long FetchedBytes,
    long ResumedBytes,
    bool WasHere,
    string? Before,
    string Adapter
);
