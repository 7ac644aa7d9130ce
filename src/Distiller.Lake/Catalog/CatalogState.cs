namespace Distiller.Lake.Catalog;

/// <summary>What a catalog holds and how it came about.</summary>
/// <param name="Bytes">Memory of its table, as DuckDB counts it.</param>
/// <param name="BuiltIn">How long the last build took.</param>
/// <param name="Trouble">Why the newest episodes are not in it: the last build failed. Null: they are, or soon will be.</param>
public sealed record CatalogState(long Episodes, long Bytes, DateTimeOffset BuiltAt, TimeSpan BuiltIn, string? Trouble);
