namespace Distiller.Jobs.Scheduling.Store;

/// <summary>A part of a server that is not well.</summary>
/// <param name="Blocks">Whether the server is not ready because of it.</param>
public sealed record HealthNote(string Part, string Why, bool Blocks, DateTimeOffset Since);
