using System.Text.Json;
using System.Text.RegularExpressions;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.MiniSweAgent;

/// <summary>
/// Makes turns of the messages. A command stands in a block of code of the answer, or is a call; what came of it is told to the
/// model in the user's name.
/// </summary>
internal sealed partial class MiniSweAgentReader(string key, string? model)
{
    private const int MatchMs = 1000;

    private bool _isAsked;

    public EpisodeDraft Draft { get; } = new();

    public void Take(JsonElement message)
    {
        switch (LenientJson.NameOrNumber(message, "role"))
        {
            case "assistant":
                Answer(message);
                break;
            case "user" when _isAsked:
                Observe(LenientJson.Said(LenientJson.Get(message, "content")));
                break;
            case "exit":
                Draft.Count("exit");
                break;
            case var role:
                _isAsked |= role == "user";
                Draft.AddMessage(message);
                break;
        }
    }

    private void Answer(JsonElement message)
    {
        var response = LenientJson.Object(LenientJson.Object(message, "extra"), "response");
        var usage = PromptUsage.FromOpenAi(LenientJson.Get(response, "usage"));
        var request = LenientJson.NameOrNumber(response, "id") ?? $"{key}/turn-{Draft.Turns.Count}";
        Draft.AddMessage(message, time: null, usage is null ? null : request);
        if (usage is { } told)
        {
            Draft.AddRequest(request, told, LenientJson.NameOrNumber(response, "model") ?? model);
        }

        var turn = Draft.Turns[^1];
        if (turn.ToolCalls.Count == 0 && Command(turn.Text) is { } command)
        {
            var arguments = JsonSerializer.Serialize(
                new Dictionary<string, string>(StringComparer.Ordinal) { ["command"] = command },
                EpisodeJson.Options
            );
            Draft.Turns[^1] = turn with { ToolCalls = [new ToolCall($"call-{Draft.Turns.Count}", "bash", arguments)] };
        }
    }

    /// <summary>Behind an answer without a command comes the harness's reminder of how to write one.</summary>
    private void Observe(string text)
    {
        var isResult = Draft.Turns[^1] is { Role: TurnRole.Assistant, ToolCalls.Count: > 0 };
        Draft.Turns.Add(
            isResult
                ? new Turn(TurnRole.Tool, text)
                {
                    ToolCallId = Draft.LastCallId(),
                    IsError = ReturnCode().Match(text) is { Success: true } code && code.Groups[1].Value != "0",
                }
                : new Turn(TurnRole.User, text) { Origin = TurnOrigin.Harness }
        );
    }

    private static string? Command(string answer)
    {
        try
        {
            return Block().Match(answer) is { Success: true } block ? block.Groups[1].Value : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"```(?:mswea_bash_command|bash)[ \t]*\r?\n(.*?)\r?\n```", RegexOptions.Singleline, MatchMs)]
    private static partial Regex Block();

    [GeneratedRegex(@"\A\s{0,16}<returncode>(-?\d{1,6})</returncode>")]
    private static partial Regex ReturnCode();
}
