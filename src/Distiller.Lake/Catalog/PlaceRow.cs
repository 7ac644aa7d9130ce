namespace Distiller.Lake.Catalog;

/// <summary>A row that is a number only.</summary>
internal sealed record PlaceRow(long Place);
