namespace Distiller.Cli.Commands;

/// <summary>The document of <c>opsdesk week --json</c>.</summary>
/// <param name="Home">Where the dashboard shows it: <c>serve --home</c>.</param>
internal sealed record WeekResult(IReadOnlyList<WeekNight> Nights, string Home);
