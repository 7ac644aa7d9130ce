namespace Distiller.Logs.Formats.OtelGenAi;

/// <summary>Makes an episode of the spans of one conversation, or of one trace where no conversation is named.</summary>
internal static class OtelConversation
{
    public static Episode ToEpisode(string format, string name, string tenant, IEnumerable<OtelSpan> all)
    {
        var spans = all.OrderBy(s => s.Start ?? DateTimeOffset.MaxValue)
            .ThenBy(s => s.SpanId, StringComparer.Ordinal)
            .ToList();
        var draft = new EpisodeDraft();
        var conversation = new GrowingConversation();
        // Where a framework and the provider's library are both instrumented, a request is a span within a span.
        var wrappers = spans
            .Where(s => s.Operation == OtelOperation.Chat)
            .Select(s => s.ParentId)
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        foreach (var span in spans)
        {
            if (span.IsError)
            {
                draft.Count("error");
            }

            for (var i = 0; i < span.Messages.Unreadable; i++)
            {
                draft.Count("unreadable_message");
            }

            switch (span.Operation)
            {
                case OtelOperation.Chat when span.SpanId is { } id && wrappers.Contains(id):
                    draft.Count("wrapping_span");
                    break;
                case OtelOperation.Chat:
                    Ask(draft, conversation, span, name);
                    break;
                case OtelOperation.Tool:
                    Observe(draft, conversation, span);
                    break;
                default:
                    draft.Count("other_span");
                    break;
            }
        }

        var episode = draft.ToEpisode(
            format,
            name,
            new RecordContext { Tenant = tenant },
            $"{format}/{name}",
            Outcome.Unknown
        );
        return episode with
        {
            Agent = spans.Select(s => s.Agent).OfType<string>().FirstOrDefault() ?? format,
            Model = spans.Select(s => s.Model).OfType<string>().FirstOrDefault(),
            StartedAt = spans.Select(s => s.Start).FirstOrDefault(t => t is not null),
            Session = new Session(name),
            Turns = conversation.Turns,
        };
    }

    /// <summary>Two batches of spans of one conversation, told in two files.</summary>
    public static Episode Merge(Episode a, Episode b)
    {
        var (first, second) = a.StartedAt <= b.StartedAt ? (a, b) : (b, a);
        var conversation = new GrowingConversation();
        conversation.Repeat(first.Turns);
        conversation.Repeat(second.Turns);
        var events = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (kind, count) in first.Events.Concat(second.Events))
        {
            events[kind] = Math.Max(count, events.GetValueOrDefault(kind));
        }

        return first with
        {
            Model = first.Model ?? second.Model,
            Turns = conversation.Turns,
            Requests = [.. first.Requests.Concat(second.Requests).DistinctBy(r => r.Id, StringComparer.Ordinal)],
            Events = events,
        };
    }

    private static void Ask(EpisodeDraft draft, GrowingConversation conversation, OtelSpan span, string name)
    {
        var request = span.ResponseId ?? $"{name}/{span.SpanId ?? span.FallbackName}";
        draft.AddRequest(request, span.Usage, span.Model);
        conversation.Repeat(span.Messages.Prompt.Select(t => t with { Time = t.Time ?? span.Start }));
        foreach (var turn in span.Messages.Answer)
        {
            conversation.Add(turn with { RequestId = request, Time = span.End });
        }
    }

    /// <summary>
    /// A tool's span may be all there is of a call, where messages are not recorded, or tell again what the next request repeats.
    /// </summary>
    private static void Observe(EpisodeDraft draft, GrowingConversation conversation, OtelSpan span)
    {
        var result = span.Messages.Prompt[0];
        var isCalled = conversation.Turns.Any(t => t.ToolCalls.Any(c => c.Id == result.ToolCallId));
        if (result.Text.Length == 0 && !result.IsError)
        {
            draft.Count("tool_span");
            return;
        }

        if (!isCalled && span.Messages.Answer is [var call])
        {
            var id = result.ToolCallId ?? $"call-{span.SpanId ?? span.FallbackName}";
            conversation.Add(call with { ToolCalls = [call.ToolCalls[0] with { Id = id }], Time = span.Start });
            result = result with { ToolCallId = id };
        }

        conversation.Add(result with { Time = span.End });
    }
}
