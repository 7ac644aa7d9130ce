using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.OpenAiChat;

/// <summary>
/// Requests and answers in the forms of OpenAI's interfaces: lines of messages (as for fine-tuning), lines with what was
/// requested and what was answered, and the input and output of batches; by chat completions or by responses.
/// </summary>
internal sealed class OpenAiChatFormat : RecordFormat
{
    private const string FormatName = "openai-chat";

    public override string Name => FormatName;

    public override string Title => "OpenAI chat lines (messages, batch input and output)";

    public override string Identity =>
        "a record; by the hash of its content, so that two equal records are one; a batch's also by custom_id, which joins its answer, "
        + "in a file beside or read before, to its request";

    public override string OutcomeSource => "none";

    public override string UsageConvention =>
        "usage of the answer, where it is kept; prompt_tokens include prompt_tokens_details.cached_tokens";

    internal override IReadOnlyList<RecordLayout> Layouts =>
        [RecordLayout.Lines, RecordLayout.Array, RecordLayout.Document];

    internal override IReadOnlyList<string> Members => ["messages"];

    internal override bool Recognizes(JsonElement record)
    {
        if (ChatMessageJson.IsConversation(LenientJson.Get(record, "messages")))
        {
            return true;
        }

        var body = LenientJson.Object(record, "body") ?? LenientJson.Object(record, "request");
        var isRequest = LenientJson.Get(body, "messages") is not null || LenientJson.Get(body, "input") is not null;
        return RecordJson.Is(record, "custom_id", JsonValueKind.String)
            ? isRequest || record.TryGetProperty("response", out _)
            : isRequest && LenientJson.Object(record, "response") is not null;
    }

    internal override Episode ToEpisode(JsonElement o, RecordContext context)
    {
        var hash = context.Raw.Sha256()[..16];
        var custom = LenientJson.NameOrNumber(o, "custom_id");
        if (
            custom is not null
            && context.Collection is { } collection
            && BatchLines.IsAnswer(o) is { } isAnswer
            && collection.Memory<BatchLines>().Partner(custom, isAnswer, BatchLines.ModelOf(o), context) is { } partner
        )
        {
            var raw = new RawRecord(partner, 0, 0, partner.Length, null);
            using var other = RecordJson.Parse(raw, collection.Options.RecordBytesMax);
            var otherHash = raw.Sha256()[..16];
            var (asked, answered) = isAnswer ? (otherHash, hash) : (hash, otherHash);
            // Where the answer was collected alone before, it is told whole under its name, else under the request's.
            var joint = $"{custom}/{answered}";
            joint = collection.Episodes.Find(FormatName, context.Tenant, joint) is null ? $"{custom}/{asked}" : joint;
            return isAnswer
                ? ToEpisode(other.RootElement, o, joint, context)
                : ToEpisode(o, other.RootElement, joint, context);
        }

        return ToEpisode(o, o, custom is null ? hash : $"{custom}/{hash}", context);
    }

    /// <param name="asks">Holds what was requested.</param>
    /// <param name="answers">Holds what was answered; the same, where one record tells both.</param>
    private static Episode ToEpisode(JsonElement asks, JsonElement answers, string key, RecordContext context)
    {
        var request = LenientJson.Object(asks, "body") ?? LenientJson.Object(asks, "request") ?? asks;
        var answer = Answer(answers);
        var draft = new EpisodeDraft();
        Ask(draft, request);
        Take(draft, answer, answers, key, LenientJson.NameOrNumber(request, "model"));
        if (LenientJson.Get(answers, "error") is not null || LenientJson.Get(answer, "error") is not null)
        {
            draft.Count("error");
        }

        if (draft.Turns.Count == 0 && !draft.HasRequests)
        {
            throw new BadRecordException(
                "The record holds no message that can be read: the request failed, or was not answered.",
                "Leave it out, or collect the answer of its repetition."
            );
        }

        return draft.ToEpisode(
            FormatName,
            key,
            context,
            $"{FormatName}/{(draft.Turns is [{ Role: not TurnRole.Assistant }, ..] ? PromptHash.Of(draft.Turns) : key)}",
            Outcome.Unknown
        ) with
        {
            Model = LenientJson.NameOrNumber(answer, "model") ?? LenientJson.NameOrNumber(request, "model"),
            StartedAt = UnixTime(answer),
        };
    }

    /// <summary>A batch wraps the answer in its status; a logged pair does not.</summary>
    private static JsonElement? Answer(JsonElement o)
    {
        var response = LenientJson.Object(o, "response");
        return LenientJson.Object(response, "body") ?? response;
    }

    private static void Ask(EpisodeDraft draft, JsonElement request)
    {
        if (LenientJson.Get(request, "messages") is { ValueKind: JsonValueKind.Array } messages)
        {
            foreach (var message in messages.EnumerateArray())
            {
                draft.AddMessage(message);
            }
        }
        else
        {
            ResponseItems.Ask(draft, request);
        }
    }

    private static void Take(EpisodeDraft draft, JsonElement? answer, JsonElement o, string key, string? model)
    {
        var usage = PromptUsage.FromOpenAi(LenientJson.Get(answer, "usage") ?? LenientJson.Get(o, "usage"));
        var request = LenientJson.NameOrNumber(answer, "id") ?? $"{key}/request";
        var first = draft.Turns.Count;
        if (LenientJson.Items(answer, "choices").FirstOrDefault() is { ValueKind: JsonValueKind.Object } choice)
        {
            draft.AddMessage(
                LenientJson.Object(choice, "message") ?? choice,
                UnixTime(answer),
                usage is null ? null : request
            );
        }
        else
        {
            ResponseItems.Take(draft, LenientJson.Get(answer, "output"), usage is null ? null : request);
        }

        if (usage is { } told)
        {
            draft.AddRequest(request, told, LenientJson.NameOrNumber(answer, "model") ?? model);
            // Usage beside a whole conversation is that of its last answer.
            if (first == draft.Turns.Count && draft.Turns is [.., { Role: TurnRole.Assistant } last])
            {
                draft.Turns[^1] = last with { RequestId = request };
            }
        }
    }

    private static DateTimeOffset? UnixTime(JsonElement? answer)
    {
        var created = LenientJson.Get(answer, "created") ?? LenientJson.Get(answer, "created_at");
        return
            created is { ValueKind: JsonValueKind.Number } number
            && number.TryGetDouble(out var seconds)
            && seconds is > 0 and < 253_402_300_799
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;
    }
}
