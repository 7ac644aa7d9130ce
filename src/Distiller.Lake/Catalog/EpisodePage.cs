namespace Distiller.Lake.Catalog;

/// <summary>A page of a list, newest episodes first.</summary>
/// <param name="Total">How many episodes there are on all pages.</param>
/// <param name="Skip">How many come before this page.</param>
public sealed record EpisodePage(IReadOnlyList<EpisodeEntry> Episodes, long Total, long Skip);
