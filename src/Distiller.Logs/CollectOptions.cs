using System.ComponentModel.DataAnnotations;

namespace Distiller.Logs;

/// <summary>How logs are collected.</summary>
public sealed record CollectOptions
{
    /// <summary>Whose logs these are. A log line cannot say otherwise.</summary>
    [Required(ErrorMessage = "Name the tenant.")]
    public string Tenant { get; init; } = "default";

    /// <summary>The longest record that is read, in bytes; a longer one goes to quarantine.</summary>
    [Range(1 << 10, 256 << 20)]
    public int RecordBytesMax { get; init; } = 16 << 20;

    /// <summary>The longest episode held in memory, in characters of text; a longer session is stored in parts.</summary>
    [Range(64 << 10, int.MaxValue)]
    public int EpisodeCharsMax { get; init; } = 8 << 20;
}
