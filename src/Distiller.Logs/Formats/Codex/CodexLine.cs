using System.Text.Json;
using System.Text.RegularExpressions;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Codex;

/// <summary>What the lines of a rollout mean: newer ones wrap an item in a payload, older ones are the item itself.</summary>
internal static partial class CodexLine
{
    private const string IdeRequest = "## My request for Codex:";

    /// <summary>How texts begin that the harness puts before the model in the user's name.</summary>
    private static readonly string[] HarnessOpenings =
    [
        "<environment_context>",
        "<user_instructions>",
        "<INSTRUCTIONS>",
        "# AGENTS.md instructions",
        "<permissions instructions>",
        "<collaboration_mode>",
        "<model_switch>",
        "<personality_spec>",
        "<turn_aborted>",
        "<user_shell_command>",
        "<user_action>",
        "<skill>",
        "<skills_instructions>",
        "<subagent_notification>",
        "<apps_instructions>",
        "<plugins_instructions>",
    ];

    public static bool IsWrapped(JsonElement line) =>
        LenientJson.Object(line, "payload") is not null
        && LenientJson.Text(line, "type")
            is "session_meta"
                or "turn_context"
                or "response_item"
                or "event_msg"
                or "compacted";

    /// <summary>The first line of an older rollout, or a mark of its state.</summary>
    public static bool IsOldHeader(JsonElement line) =>
        LenientJson.Get(line, "type") is null
        && (
            (
                LenientJson.Text(line, "record_type") == "state" && LenientJson.Get(line, "id") is null
                || LenientJson.Name(line, "id") is not null
                    && LenientJson.Name(line, "timestamp") is not null
                    && line.TryGetProperty("instructions", out _)
                    && !line.TryGetProperty("turns", out _)
            )
        );

    /// <summary>What a person wrote of a text in the user's name; null where the harness wrote it.</summary>
    public static string? Request(string text)
    {
        var start = text.AsSpan().TrimStart();
        foreach (var opening in HarnessOpenings)
        {
            if (start.StartsWith(opening, StringComparison.Ordinal))
            {
                return null;
            }
        }

        // An editor tells its open files and selection first.
        var request = text.IndexOf(IdeRequest, StringComparison.Ordinal);
        return request < 0 ? text : text[(request + IdeRequest.Length)..].Trim();
    }

    /// <summary>What a tool gave back: a text, parts, or (older) an object in a text with the exit code beside it.</summary>
    public static (string Text, bool IsError) Output(JsonElement item)
    {
        if (LenientJson.Get(item, "output") is not { } output)
        {
            return ("", false);
        }

        if (output.ValueKind == JsonValueKind.Object)
        {
            var content = LenientJson.Get(output, "content") ?? LenientJson.Get(output, "output");
            return (
                ContentText.Of(content),
                LenientJson.Flag(output, "success") == false || ExitCode(output) is not (null or 0)
            );
        }

        var text = ContentText.Of(output);
        return text.StartsWith('{') && Unpack(text) is { } unpacked ? unpacked : (text, TellsFailure(text));
    }

    private static (string Text, bool IsError)? Unpack(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return
                LenientJson.Text(document.RootElement, "output") is { } output
                && LenientJson.Object(document.RootElement, "metadata") is not null
                ? (output, ExitCode(document.RootElement) is not (null or 0))
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // A tool's own text that begins with a brace.
        }
    }

    private static long? ExitCode(JsonElement output) =>
        LenientJson.Whole(LenientJson.Object(output, "metadata"), "exit_code");

    private static bool TellsFailure(string text) =>
        FailedExit().Match(text.Length > 512 ? text[..512] : text) is { Success: true } match
        && match.Groups[1].ValueSpan.TrimStart('0').Length > 0;

    [GeneratedRegex(@"(?:\A|\n)(?:Exit code:|Process exited with code) (-?\d{1,10})\b")]
    private static partial Regex FailedExit();
}
