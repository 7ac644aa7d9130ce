namespace Distiller.Logs;

/// <summary>
/// What a collection added. <c>Records = Stored + Duplicates + Quarantined + Noise</c>, as a whole and per format.
/// </summary>
/// <param name="Records">Array elements, or lines that are not blank; a file of unknown format is one record.</param>
/// <param name="Stored">Records that are in the workspace because of this collection.</param>
/// <param name="Duplicates">Records that were there already.</param>
/// <param name="Quarantined">Records that could not be read; the quarantine tells why.</param>
/// <param name="Noise">Files beside logs that are none, such as a licence.</param>
/// <param name="Episodes">By how many episodes the workspace grew; likewise sessions, turns, requests and usage: the reports of
/// all collections add up to what the workspace holds.</param>
/// <param name="Requests">A request that several episodes contain counts once.</param>
public sealed record CollectReport(
    long Records,
    long Stored,
    long Duplicates,
    long Quarantined,
    long Noise,
    long Episodes,
    long Sessions,
    long Turns,
    long Requests,
    UsageReport Usage,
    IReadOnlyDictionary<string, FormatReport> Formats
);

/// <summary>What was read of one format; the fields are those of <see cref="CollectReport"/>.</summary>
public sealed record FormatReport(
    long Records,
    long Stored,
    long Duplicates,
    long Quarantined,
    long Noise,
    long Episodes,
    long Sessions,
    long Turns,
    long Requests,
    UsageReport Usage
);

/// <summary>Tokens in the four additive classes.</summary>
public sealed record UsageReport(long Input, long CacheRead, long CacheWrite, long Output);
