namespace Distiller.Registry;

/// <summary>One change of a channel.</summary>
/// <param name="Release">The release it leads to from then on.</param>
/// <param name="Before">The release it led to before; null for none.</param>
/// <param name="IsRollback">Whether it went back to an earlier release.</param>
/// <param name="By">Who did it.</param>
public sealed record ChannelMove(string Release, string? Before, bool IsRollback, string By, DateTimeOffset At);
