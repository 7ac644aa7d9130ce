using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.OpenHands;

/// <summary>
/// Usage of a session: of requests whose answer an event holds, or that are listed; and the running total of the whole, from
/// which those are taken. Prompts include what was read from and written to the cache.
/// </summary>
internal sealed class OpenHandsUsage
{
    private Usage _total;
    private Usage _told;

    public static string? RequestOf(JsonElement record) => LenientJson.Name(Answer(record), "id");

    /// <summary>The call as the model wrote it, where the event holds its answer.</summary>
    public static JsonElement? WrittenCall(JsonElement? metadata, string id)
    {
        var choice = LenientJson.Items(LenientJson.Object(metadata, "model_response"), "choices").FirstOrDefault();
        var message = LenientJson.Object(choice, "message");
        var call = LenientJson.Items(message, "tool_calls").FirstOrDefault(c => LenientJson.Text(c, "id") == id);
        return LenientJson.Object(call, "function");
    }

    public void Take(JsonElement record, SessionDraft draft)
    {
        if (Answer(record) is { } answer && LenientJson.Object(answer, "usage") is { } usage)
        {
            draft.Model ??= LenientJson.Name(answer, "model");
            if (LenientJson.Name(answer, "id") is { } id)
            {
                Request(id, usage, draft, LenientJson.Name(answer, "model"));
            }
        }

        var metrics = LenientJson.Object(record, "llm_metrics");
        Total(LenientJson.Object(metrics, "accumulated_token_usage"), draft);
        if (
            LenientJson.Text(record, "kind") == "ConversationStateUpdateEvent"
            && LenientJson.Text(record, "key") == "stats"
        )
        {
            Stats(LenientJson.Object(record, "value"), draft);
        }
    }

    public void Stats(JsonElement? stats, SessionDraft draft)
    {
        if (LenientJson.Object(stats, "usage_to_metrics") is not { } kinds)
        {
            return;
        }

        foreach (var kind in kinds.EnumerateObject())
        {
            foreach (var usage in LenientJson.Items(kind.Value, "token_usages"))
            {
                if (LenientJson.Name(usage, "response_id") is { } id)
                {
                    Request(id, usage, draft, LenientJson.Name(usage, "model"));
                }
            }
        }
    }

    public void TellTo(SessionDraft draft)
    {
        var sum = draft.Requests.Aggregate(_told, (s, r) => s + r.Usage);
        var rest = new Usage(
            Math.Max(0, _total.Input - sum.Input),
            Math.Max(0, _total.CacheRead - sum.CacheRead),
            Math.Max(0, _total.CacheWrite - sum.CacheWrite),
            Math.Max(0, _total.Output - sum.Output)
        );
        draft.Unattributed = rest;
        _told = sum + rest;
    }

    private static JsonElement? Answer(JsonElement record) =>
        LenientJson.Object(LenientJson.Object(record, "tool_call_metadata"), "model_response");

    private static void Request(string id, JsonElement usage, SessionDraft draft, string? model)
    {
        var counts = new TokenCounts(usage);
        var prompt = counts.Of("prompt_tokens");
        var details = new TokenCounts(LenientJson.Object(usage, "prompt_tokens_details"));
        var read = Math.Min(
            prompt,
            Math.Max(counts.Of("cache_read_tokens", "cache_read_input_tokens"), details.Of("cached_tokens"))
        );
        var written = Math.Min(prompt - read, counts.Of("cache_write_tokens", "cache_creation_input_tokens"));
        draft.Request(
            id,
            new Usage(prompt - read - written, read, written, counts.Of("completion_tokens")),
            details.IsDefective ? details : counts,
            model
        );
    }

    private void Total(JsonElement? total, SessionDraft draft)
    {
        if (total is null)
        {
            return;
        }

        var counts = new TokenCounts(total);
        var prompt = counts.Of("prompt_tokens");
        var read = Math.Min(prompt, counts.Of("cache_read_tokens"));
        var written = Math.Min(prompt - read, counts.Of("cache_write_tokens"));
        var usage = new Usage(prompt - read - written, read, written, counts.Of("completion_tokens"));
        if (counts.IsDefective)
        {
            draft.Count("usage-defect");
        }
        else if (usage.Total > _total.Total)
        {
            _total = usage;
            draft.Model ??= LenientJson.Name(total, "model");
        }
    }
}
