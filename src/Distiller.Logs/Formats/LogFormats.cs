using Distiller.Logs.Formats.Atif;
using Distiller.Logs.Formats.ClaudeCode;
using Distiller.Logs.Formats.Cline;
using Distiller.Logs.Formats.Codex;
using Distiller.Logs.Formats.DistillerEpisodes;
using Distiller.Logs.Formats.GeminiCli;
using Distiller.Logs.Formats.Goose;
using Distiller.Logs.Formats.Inspect;
using Distiller.Logs.Formats.Langfuse;
using Distiller.Logs.Formats.LjoukovRuns;
using Distiller.Logs.Formats.MiniSweAgent;
using Distiller.Logs.Formats.OpenAiChat;
using Distiller.Logs.Formats.OpenCode;
using Distiller.Logs.Formats.OpenHands;
using Distiller.Logs.Formats.OtelGenAi;
using Distiller.Logs.Formats.Pi;
using Distiller.Logs.Formats.QwenCode;
using Distiller.Logs.Formats.ShareGpt;
using Distiller.Logs.Formats.SweAgent;
using Distiller.Logs.Formats.Tau2;
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
        new Tau2Format(),
        new TerminalBenchFormat(),
        new DistillerEpisodesFormat(),
        new CodexFormat(),
        new GeminiCliFormat(),
        new QwenCodeFormat(),
        new OpenCodeFormat(),
        new ClineFormat(),
        new GooseFormat(),
        new PiFormat(),
        new OpenHandsFormat(),
        new AtifFormat(),
        new SweAgentFormat(),
        new MiniSweAgentFormat(),
        new InspectFormat(),
        new LjoukovRunFormat(),
        new OtelGenAiFormat(),
        new LangfuseFormat(),
        new ShareGptFormat(),
        new OpenAiChatFormat(), // Any list of messages, so it comes behind those that have one among other members.
        new ClaudeCodeFormat(), // Recognises many kinds of lines, so it comes last.
    ];
}
