namespace Distiller.Lake;

/// <summary>A row that is an id only.</summary>
internal sealed record IdRow(string Id);
