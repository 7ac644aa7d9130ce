namespace Distiller.Lake.Catalog;

/// <summary>The episodes that started on one day.</summary>
/// <param name="Day">In UTC; null for those without a time.</param>
public sealed record EpisodeDay(DateOnly? Day, long Episodes, long Succeeded, long Failed, long Unknown, Usage Usage);
