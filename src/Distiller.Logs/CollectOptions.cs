namespace Distiller.Logs;

/// <summary>How logs are collected.</summary>
public sealed record CollectOptions
{
    /// <summary>Whose logs these are. A log line cannot say otherwise.</summary>
    public string Tenant { get; init; } = "default";

    /// <summary>The longest record that is read, in bytes, 1 KiB to 256 MiB; a longer one goes to quarantine.</summary>
    public int RecordBytesMax { get; init; } = 16 << 20;

    /// <summary>The longest episode held in memory, in characters of text, 64 Ki or more; a longer session is stored in parts.</summary>
    public int EpisodeCharsMax { get; init; } = 8 << 20;

    /// <summary>Refuses values out of their range.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Check()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Tenant, nameof(Tenant));
        ArgumentOutOfRangeException.ThrowIfLessThan(RecordBytesMax, 1 << 10, nameof(RecordBytesMax));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RecordBytesMax, 256 << 20, nameof(RecordBytesMax));
        ArgumentOutOfRangeException.ThrowIfLessThan(EpisodeCharsMax, 64 << 10, nameof(EpisodeCharsMax));
    }
}
