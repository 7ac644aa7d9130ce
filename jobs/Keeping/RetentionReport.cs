namespace Distiller.Jobs.Keeping;

/// <summary>What a retention did, or would do.</summary>
/// <param name="Before">Records older than this time may go.</param>
/// <param name="Discarded">Current episodes that went, or would go.</param>
/// <param name="Superseded">Records that went with them whose key has a longer record.</param>
/// <param name="NotDistilled">Current episodes that are old enough and stay, because no finished adapter was made with them.</param>
/// <param name="Young">Current episodes that stay because they are not old enough, or because their age is not known.</param>
/// <param name="BytesBefore">Of the part files.</param>
/// <param name="BytesAfter">Of the part files, hashes of what was discarded included; null where nothing was done.</param>
public sealed record RetentionReport(
    DateTimeOffset Before,
    long Discarded,
    long Superseded,
    long NotDistilled,
    long Young,
    long BytesBefore,
    long? BytesAfter
);
