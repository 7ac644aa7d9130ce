using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.OpenCode;

/// <summary>
/// The steps of one answer, each a request: its text and calls, what the tools gave back, and what it was billed. The answer
/// tells the usage of its last step only, so that of the steps holds where it is told.
/// </summary>
internal sealed class OpenCodeSteps(SessionDraft draft, string request, DateTimeOffset? time)
{
    private readonly List<Turn> _turns = [];
    private readonly List<string> _texts = [];
    private readonly List<ToolCall> _calls = [];
    private readonly List<Turn> _observations = [];
    private int _step;

    public void Take(JsonElement part)
    {
        var type = LenientJson.Text(part, "type") ?? "part:other";
        switch (type)
        {
            case "text":
                _texts.Add(LenientJson.Text(part, "text") ?? "");
                break;
            case "tool":
                Tool(part);
                break;
            case "step-finish" when LenientJson.Object(part, "tokens") is { } tokens:
                var id = _step == 0 ? request : $"{request}/{_step + 1}";
                _step++;
                Usage(tokens, id);
                Flush(id);
                break;
            default:
                draft.Count(type);
                break;
        }
    }

    /// <param name="tokens">The usage of the answer.</param>
    public List<Turn> Finish(JsonElement? tokens)
    {
        var isTold = _step == 0 && tokens is not null;
        if (isTold)
        {
            Usage(tokens!.Value, request);
        }

        Flush(isTold ? request : null);
        return _turns;
    }

    private void Flush(string? id)
    {
        var text = string.Join('\n', _texts.Where(t => t.Length > 0));
        if (text.Length > 0 || _calls.Count > 0)
        {
            _turns.Add(
                new Turn(TurnRole.Assistant, text)
                {
                    ToolCalls = [.. _calls],
                    RequestId = id,
                    Time = time,
                }
            );
        }

        _turns.AddRange(_observations);
        _texts.Clear();
        _calls.Clear();
        _observations.Clear();
    }

    private void Tool(JsonElement part)
    {
        var id = LenientJson.Name(part, "callID") ?? LenientJson.Name(part, "id") ?? $"{request}/call-{_calls.Count}";
        var state = LenientJson.Object(part, "state");
        _calls.Add(
            new ToolCall(id, LenientJson.Name(part, "tool") ?? "unknown", ToolInput.Of(LenientJson.Get(state, "input")))
        );
        var status = LenientJson.Text(state, "status");
        if (status is "completed" or "error")
        {
            _observations.Add(
                new Turn(TurnRole.Tool, LenientJson.Text(state, status == "error" ? "error" : "output") ?? "")
                {
                    ToolCallId = id,
                    IsError =
                        status == "error"
                        || LenientJson.Whole(LenientJson.Object(state, "metadata"), "exit") is not (null or 0),
                    Time = LenientJson.Time(LenientJson.Object(state, "time"), "end") ?? time,
                }
            );
        }
    }

    private void Usage(JsonElement tokens, string id)
    {
        var counts = new TokenCounts(tokens);
        var cacheCounts = new TokenCounts(LenientJson.Object(tokens, "cache"));
        var (input, output, reasoning) = (counts.Of("input"), counts.Of("output"), counts.Of("reasoning"));
        var (read, written) = (cacheCounts.Of("read"), cacheCounts.Of("write"));
        var total = counts.Of("total");
        var isWithin = total > 0 && total == input + output + read + written;
        draft.Request(
            id,
            new Usage(input, read, written, output + (isWithin ? 0 : reasoning)),
            cacheCounts.IsDefective ? cacheCounts : counts
        );
    }
}
