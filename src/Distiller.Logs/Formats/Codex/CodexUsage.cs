using System.Globalization;
using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Codex;

/// <summary>
/// The requests behind a rollout's <c>token_count</c> events. An event is written again when something else in it changes,
/// and a fork begins with its origin's events under new times: the session's running total stays, so the session that all of
/// them go back to and that total name a request. Where there is no total, the time stands in its place.
/// </summary>
internal sealed class CodexUsage
{
    private readonly List<Told> _told = [];
    private string? _origin;
    private string? _last;
    private Usage _total;

    /// <summary>A session that this one goes back to; the last one told is the oldest.</summary>
    public void Origin(string? session) => _origin = session ?? _origin;

    /// <returns>Whether it tells of a request that was not told before.</returns>
    public bool Take(JsonElement info, DateTimeOffset? time, SessionDraft draft)
    {
        var last = LenientJson.Object(info, "last_token_usage");
        var total = LenientJson.Object(info, "total_token_usage");
        var lastCounts = new TokenCounts(last);
        var totalCounts = new TokenCounts(total);
        var sum = ToUsage(totalCounts);
        // Older events tell the total only: the request is what it grew by.
        var usage = last is null ? Growth(sum, _total) : ToUsage(lastCounts);
        if (total is not null && !totalCounts.IsDefective)
        {
            _total = sum;
        }

        if (usage == Usage.Zero && !lastCounts.IsDefective && !totalCounts.IsDefective)
        {
            return false; // Tells limits, or an estimate after compacting.
        }

        var name =
            total is not null && !totalCounts.IsDefective
                ? $"{sum.Input}-{sum.CacheRead}-{sum.CacheWrite}-{sum.Output}"
                : $"{time?.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}-{usage.Input}-{usage.CacheRead}-{usage.Output}";
        if (name == _last)
        {
            return false;
        }

        _last = name;
        var model = LenientJson.Name(info, "model") ?? draft.Model;
        _told.Add(new Told(name, usage, last is null ? totalCounts : lastCounts, model));
        var turn = draft.Turns.FindLastIndex(t => t.Role == TurnRole.Assistant);
        if (turn >= 0 && draft.Turns[turn].RequestId is null)
        {
            draft.Turns[turn] = draft.Turns[turn] with { RequestId = name };
        }

        return true;
    }

    /// <summary>Ids hold over all sessions, so they can be given only when it is known what this one goes back to.</summary>
    /// <param name="session">The session's name, where it goes back to none that the log names.</param>
    public void TellTo(SessionDraft draft, string session)
    {
        _origin ??= session;
        foreach (var (name, usage, counts, model) in _told)
        {
            draft.Request(Id(name), usage, counts, model);
        }

        for (var i = 0; i < draft.Turns.Count; i++)
        {
            if (draft.Turns[i].RequestId is { } name)
            {
                draft.Turns[i] = draft.Turns[i] with { RequestId = Id(name) };
            }
        }

        _told.Clear();
    }

    private string Id(string name) => $"{_origin}/{name}";

    /// <summary>What was read from or written to the cache is part of <c>input_tokens</c>, reasoning of <c>output_tokens</c>.</summary>
    private static Usage ToUsage(TokenCounts counts)
    {
        var input = counts.Of("input_tokens");
        var read = Math.Min(input, counts.Of("cached_input_tokens", "cache_read_input_tokens"));
        var written = Math.Min(input - read, counts.Of("cache_write_input_tokens", "cache_creation_input_tokens"));
        return new Usage(input - read - written, read, written, counts.Of("output_tokens"));
    }

    private static Usage Growth(Usage now, Usage before) =>
        now.Input < before.Input || now.CacheRead < before.CacheRead || now.Output < before.Output
            ? now // Counted anew.
            : new Usage(
                now.Input - before.Input,
                now.CacheRead - before.CacheRead,
                Math.Max(0, now.CacheWrite - before.CacheWrite),
                now.Output - before.Output
            );

    private sealed record Told(string Name, Usage Usage, TokenCounts Counts, string? Model);
}
