using Distiller.Jobs.Stages;

namespace Distiller.Cli.Commands;

/// <summary>The document of <c>distill --json</c>.</summary>
internal sealed record DistilledResult(string Artifact, TrainingSummary Training);
