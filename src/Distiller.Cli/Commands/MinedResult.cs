using Distiller.Core;
using Distiller.Mining;
using Distiller.Mining.Reducing;

namespace Distiller.Cli.Commands;

/// <summary>The document of <c>mine --json</c>.</summary>
internal sealed record MinedResult(
    string Artifact,
    IReadOnlyList<ReductionSummary> Reductions,
    MiningReport Report,
    IReadOnlyList<Pattern> Patterns
);
