using Distiller.Registry;

namespace Distiller.Cli.Commands;

/// <summary>The document of <c>report --json</c>.</summary>
internal sealed record ReportedResult(string Release, EvaluationFigures Figures, string Report);
