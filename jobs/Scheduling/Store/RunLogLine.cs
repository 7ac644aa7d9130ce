namespace Distiller.Jobs.Scheduling.Store;

/// <summary>A line of a run's log.</summary>
/// <param name="Seq">Rises by one within a run.</param>
/// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
public sealed record RunLogLine(long Seq, DateTimeOffset At, string Level, string Text);
