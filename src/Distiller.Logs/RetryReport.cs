namespace Distiller.Logs;

/// <summary>What became of quarantined records that were looked at again.</summary>
/// <param name="Records">Quarantined records of the files asked for.</param>
/// <param name="Released">Those that left: their file was read and no longer holds them as unreadable.</param>
/// <param name="Remaining">Records of those files that are in quarantine now.</param>
/// <param name="Missing">Files that are not there any more; their records stay.</param>
/// <param name="Episodes">By how many episodes the workspace grew.</param>
public sealed record RetryReport(
    long Records,
    long Released,
    long Remaining,
    IReadOnlyList<string> Missing,
    long Episodes
);
