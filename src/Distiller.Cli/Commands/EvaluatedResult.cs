using Distiller.Evaluation;

namespace Distiller.Cli.Commands;

/// <summary>The document of <c>evaluate --json</c>.</summary>
internal sealed record EvaluatedResult(string Artifact, string Report, EvaluationSummary Summary);
