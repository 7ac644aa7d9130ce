namespace Distiller.Logs.Formats;

/// <summary>The names of the formats, as episodes and reports carry them.</summary>
public static class LogFormat
{
    public const string TauBench = "tau-bench";
    public const string ClaudeCode = "claude-code";
    public const string TerminalBench = "terminal-bench";

    /// <summary>The project's own: one episode a line, see <c>data/episode.schema.json</c>.</summary>
    public const string Episode = "episode";

    public const string Unknown = "unknown";
}
