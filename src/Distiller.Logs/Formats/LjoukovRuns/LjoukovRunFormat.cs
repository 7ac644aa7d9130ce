using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.LjoukovRuns;

/// <summary>
/// Runs of ljoukov's benchmark of file-system agents: one <c>agent-run.json</c> a run, the verdicts of all runs in the
/// <c>summary.json</c> above them. What the agent was asked stands in a file that it reads first, not in the log.
/// </summary>
internal sealed class LjoukovRunFormat : RecordFormat
{
    private const string FormatName = "ljoukov-run";

    public override string Name => FormatName;

    public override string Title => "ljoukov's agent runs (agent-run.json)";

    /// <summary>A benchmark that is carried out again has the same models, tasks and numbers, so the hash is part of the key.</summary>
    public override string Identity => "a run; by model, task, number and hash of the record";

    public override string OutcomeSource =>
        "success of the same model, task and number in summary.json, in the run's folder or one of the two above it; else unknown";

    public override string UsageConvention =>
        "per step; promptTokens include cachedTokens, and the output is responseTokens and thinkingTokens";

    internal override IReadOnlyList<RecordLayout> Layouts => [RecordLayout.Document, RecordLayout.Lines];

    internal override IReadOnlyList<string> Members => ["model", "taskId", "runIndex", "result"];

    internal override bool Recognizes(JsonElement record) => IsRun(record) || IsVerdict(record);

    /// <summary>Summaries and verdicts are read together with the runs.</summary>
    internal override IEnumerable<JsonElement> Parts(JsonElement record) =>
        !IsRun(record) && IsVerdict(record) ? [] : [record];

    internal override Episode ToEpisode(JsonElement o, RecordContext context)
    {
        var model = RecordJson.RequiredText(o, "model");
        var task = RecordJson.RequiredText(o, "taskId");
        var run = LenientJson.NameOrNumber(o, "runIndex") ?? throw RecordJson.Wrong("runIndex", "there");
        var key = $"{model}/{task}/{run}/{context.Raw.Sha256()[..12]}";
        var result = RecordJson.Object(o, "result") ?? RecordJson.Object(o, "partialResult");
        var draft = new EpisodeDraft();
        foreach (var step in LenientJson.Items(result, "steps"))
        {
            Take(draft, step, key);
        }

        if (LenientJson.Get(o, "error") is not null)
        {
            draft.Count("error");
        }

        return draft.ToEpisode(
            FormatName,
            key,
            context,
            $"{FormatName}/{task}",
            RunSummary.OutcomeOf(context.File, model, task, run)
        ) with
        {
            Model = model,
        };
    }

    private static void Take(EpisodeDraft draft, JsonElement step, string key)
    {
        if (step.ValueKind != JsonValueKind.Object)
        {
            draft.Count("unreadable_step");
            return;
        }

        var number = LenientJson.NameOrNumber(step, "step") ?? $"at-{draft.Turns.Count}";
        string? request = null;
        if (RecordJson.Object(step, "usage") is { } usage)
        {
            request = $"{key}/step-{number}";
            draft.AddRequest(
                request,
                PromptUsage.Of(
                    RecordJson.Tokens(usage, "promptTokens"),
                    RecordJson.Tokens(usage, "cachedTokens"),
                    0,
                    RecordJson.Tokens(usage, "responseTokens") + RecordJson.Tokens(usage, "thinkingTokens")
                ),
                LenientJson.NameOrNumber(step, "modelVersion")
            );
        }

        var calls = new List<ToolCall>();
        var results = new List<Turn>();
        foreach (var call in LenientJson.Items(step, "toolCalls"))
        {
            if (LenientJson.NameOrNumber(call, "toolName") is not { } name)
            {
                draft.Count("unreadable_call");
                continue;
            }

            var id = LenientJson.NameOrNumber(call, "callId") ?? $"call-{number}-{calls.Count}";
            calls.Add(new ToolCall(id, name, ToolInput.Of(LenientJson.Get(call, "input"))));
            var error = LenientJson.Get(call, "error");
            results.Add(
                new Turn(TurnRole.Tool, LenientJson.Said(LenientJson.Get(call, "output") ?? error))
                {
                    ToolCallId = id,
                    IsError = error is not null,
                }
            );
        }

        draft.Turns.Add(
            new Turn(TurnRole.Assistant, LenientJson.Said(LenientJson.Get(step, "text")))
            {
                ToolCalls = calls,
                RequestId = request,
            }
        );
        draft.Turns.AddRange(results);
    }

    private static bool IsRun(JsonElement record) =>
        HasNames(record)
        && (
            RecordJson.Is(record, "result", JsonValueKind.Object)
            || RecordJson.Is(record, "partialResult", JsonValueKind.Object)
            || (record.TryGetProperty("error", out _) && !record.TryGetProperty("success", out _))
        );

    private static bool IsVerdict(JsonElement record) =>
        (HasNames(record) && record.TryGetProperty("success", out _) && record.TryGetProperty("toolTracePass", out _))
        || (
            RecordJson.Is(record, "results", JsonValueKind.Array)
            && RecordJson.Is(record, "models", JsonValueKind.Array)
            && RecordJson.Is(record, "tasks", JsonValueKind.Array)
            && record.TryGetProperty("graderModel", out _)
        );

    private static bool HasNames(JsonElement record) =>
        RecordJson.Is(record, "model", JsonValueKind.String)
        && RecordJson.Is(record, "taskId", JsonValueKind.String)
        && RecordJson.Is(record, "runIndex", JsonValueKind.Number);
}
