using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Cli.Commands;

/// <summary>The document of <c>jobs show --json</c>.</summary>
internal sealed record ShownRun(Run Run, IReadOnlyList<RunStage> Stages, IReadOnlyList<RunLogLine> Log);
