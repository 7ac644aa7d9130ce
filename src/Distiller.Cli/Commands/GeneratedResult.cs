namespace Distiller.Cli.Commands;

/// <summary>The document of <c>opsdesk generate --json</c>.</summary>
internal sealed record GeneratedResult(string Company, int Episodes, string File);
