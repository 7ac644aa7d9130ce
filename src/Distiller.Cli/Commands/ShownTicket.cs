namespace Distiller.Cli.Commands;

/// <summary>A ticket of <c>opsdesk show</c>.</summary>
/// <param name="Rule">Under which it falls; no agent is told.</param>
internal sealed record ShownTicket(string Id, DateTimeOffset Time, string Text, string Rule);
