namespace Distiller.Core;

/// <summary>A record that cannot be read; it goes to quarantine and the collection goes on.</summary>
/// <param name="broken">Whether its JSON itself is broken, so that where it ends is in doubt.</param>
public sealed class BadRecordException(string reason, string remedy, bool broken = false) : Exception(reason)
{
    /// <summary>What is wrong.</summary>
    public string Reason { get; } = reason;

    /// <summary>What to do about it.</summary>
    public string Remedy { get; } = remedy;

    /// <summary>Whether where the record ends is in doubt.</summary>
    public bool Broken { get; } = broken;
}
