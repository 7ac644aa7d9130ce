using Distiller.Logs.Formats.ClaudeCode;
using Distiller.Logs.Formats.DistillerEpisodes;
using Distiller.Logs.Formats.TauBench;
using Distiller.Logs.Formats.TerminalBench;

namespace Distiller.Logs.Formats;

/// <summary>The formats that can be collected.</summary>
public static class LogFormats
{
    /// <summary>In the order in which they are asked whether they recognise a record.</summary>
    public static IReadOnlyList<LogFormat> All { get; } =
    [
        new TauBenchFormat(),
        new TerminalBenchFormat(),
        new DistillerEpisodesFormat(),
        new ClaudeCodeFormat(), // Recognises many kinds of lines, so it comes last.
    ];
}
