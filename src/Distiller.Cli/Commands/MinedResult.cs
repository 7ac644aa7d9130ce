using Distiller.Core;
using Distiller.Mining;

namespace Distiller.Cli.Commands;

/// <summary>The document of <c>mine --json</c>.</summary>
internal sealed record MinedResult(string Artifact, MiningReport Report, IReadOnlyList<Pattern> Patterns);
