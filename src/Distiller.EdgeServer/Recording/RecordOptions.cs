using System.ComponentModel.DataAnnotations;
using Distiller.Core;
using Distiller.Core.Settings;

namespace Distiller.EdgeServer.Recording;

/// <summary>Whether and where a server writes down what it answered.</summary>
public sealed record RecordOptions
{
    [Setting(
        "record",
        "A folder in which answered conversations are kept for the next night; nothing is kept without it"
    )]
    public string? Folder { get; init; }

    [Setting("record-mb", "Megabytes of conversations kept; the oldest file leaves first")]
    [Range(1, 1 << 20)]
    public int Megabytes { get; init; } = 256;

    /// <summary>Hides what must not be stored. Nothing reaches the disk that has not been through it.</summary>
    public Func<Episode, Episode> Scrub { get; init; } =
        _ => throw new InvalidOperationException("Conversations are not recorded without a scrubber.");

    /// <summary>Of one file, in bytes; the next conversation begins another.</summary>
    internal long FileBytesMax { get; init; } = 16 << 20;
}
