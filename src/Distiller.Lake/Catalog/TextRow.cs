namespace Distiller.Lake.Catalog;

/// <summary>A row that is a text only.</summary>
internal sealed record TextRow(string Text);
