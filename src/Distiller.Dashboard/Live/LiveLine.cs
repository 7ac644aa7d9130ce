namespace Distiller.Dashboard.Live;

/// <summary>A line of a run's log, made harmless.</summary>
/// <param name="At">In the tenant's zone: <c>01:32:07</c>.</param>
internal sealed record LiveLine(long Seq, string At, string Level, string Text);
