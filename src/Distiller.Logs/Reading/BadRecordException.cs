namespace Distiller.Logs.Reading;

/// <summary>A record that cannot be read; it goes to quarantine and the collection goes on.</summary>
/// <param name="broken">Whether its JSON itself is broken, so that where it ends is in doubt.</param>
internal sealed class BadRecordException(string reason, string remedy, bool broken = false) : Exception(reason)
{
    public string Reason { get; } = reason;

    public string Remedy { get; } = remedy;

    public bool Broken { get; } = broken;
}
