using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Distiller.Logs.Reading;
using Distiller.Scrubbing;

namespace Distiller.Logs.Formats;

/// <summary>Stores a session while it is read, in parts where it is longer than what may be held in memory.</summary>
/// <param name="finish">The episode, for a tenant, of the records since the last part.</param>
internal sealed class SessionParts(Collection collection, SourceFile file, Func<string, Episode> finish)
{
    private readonly List<long> _ids = [];
    private long _chars;
    private int _number = 1;

    /// <summary>Notes a record that the next part tells of.</summary>
    public void Took(long id, long chars)
    {
        _ids.Add(id);
        _chars += chars;
        if (_chars >= collection.Options.EpisodeCharsMax)
        {
            Store(retell: null);
            _number++;
        }
    }

    /// <param name="retell">As <see cref="SessionStore.Store"/> takes it.</param>
    public void Store(Func<IReadOnlySet<long>, Episode>? retell = null)
    {
        if (_ids.Count == 0)
        {
            return;
        }

        var ids = _ids.ToArray();
        _ids.Clear();
        _chars = 0;
        var told = finish(collection.Options.Tenant);
        told = _number == 1 ? told : told with { Key = $"{told.Key}/part-{_number}" };
        SessionStore.Store(collection, file, told, ids, _number == 1 ? retell : null);
    }
}

/// <summary>
/// Puts what was read of a session into the collection: scrubbed, once, and joined to what another file told of it.
/// </summary>
internal static class SessionStore
{
    /// <param name="told">Not yet scrubbed.</param>
    /// <param name="ids">The identities of its records.</param>
    /// <param name="retell">
    /// The episode of some of these records only, for files that may each hold records the other lacks; null where a file
    /// is rewritten whole, so that the longer one holds.
    /// </param>
    public static void Store(
        Collection collection,
        SourceFile file,
        Episode told,
        long[] ids,
        Func<IReadOnlySet<long>, Episode>? retell
    )
    {
        var tally = collection[told.Format];
        var tenant = collection.Options.Tenant;
        var key = EpisodeScrubber.Name(told.Key, collection.Options.Rules);
        if (collection.Episodes.Holds(told.Format, tenant, key, ids))
        {
            tally.Duplicates += ids.Length;
            return;
        }

        var stored = collection.Episodes.Find(told.Format, tenant, key);
        var known = stored?.Source.Records.ToHashSet() ?? [];
        var fresh = ids.Where(id => !known.Contains(id)).ToHashSet();
        tally.Duplicates += ids.Length - fresh.Count;
        if (fresh.Count == 0)
        {
            return;
        }

        if (stored is not null && retell is not null && !known.IsSubsetOf(ids))
        {
            told = Join(stored.Episode, Clean(collection, retell(fresh)));
            ids = [.. stored.Source.Records, .. fresh];
        }
        else
        {
            told = Clean(collection, told);
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(',', ids))));
        var source = new EpisodeSource(EpisodeScrubber.Name(file.Path, collection.Options.Rules), digest, ids);
        var isNew = collection.Episodes.Append(told, source) == AppendResult.Stored;
        tally.Stored += isNew ? fresh.Count : 0;
        tally.Duplicates += isNew ? 0 : fresh.Count;
    }

    /// <summary>The identity of a record that is not the bytes of a file.</summary>
    public static long Identity(string record) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(record)));

    private static Episode Clean(Collection collection, Episode told)
    {
        var scrubber = new EpisodeScrubber(collection.Options.Rules);
        var latest = collection.Options.Latest;
        var defects = 0;
        var turns = HarnessText.Mark(told.Turns).Select(t => Scrub(scrubber, Timed(t, latest), ref defects)).ToList();
        var events = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, count) in told.Events)
        {
            events[name] = count;
        }

        if (defects > 0)
        {
            events["tool-input-left-out"] = defects;
        }

        return scrubber.AllButTurns(
            told with
            {
                Turns = turns,
                Events = events,
                StartedAt = told.StartedAt <= latest ? told.StartedAt : null,
            }
        );
    }

    /// <summary>A time in the future is no time.</summary>
    private static Turn Timed(Turn turn, DateTimeOffset latest) =>
        turn.Time <= latest ? turn : turn with { Time = null };

    private static Turn Scrub(EpisodeScrubber scrubber, Turn turn, ref int defects)
    {
        try
        {
            return scrubber.Turn(turn);
        }
        catch (BadRecordException)
        {
            defects++;
            return scrubber.Turn(
                turn with
                {
                    ToolCalls = [.. turn.ToolCalls.Select(c => c with { ArgumentsJson = "{}" })],
                }
            );
        }
    }

    /// <summary>
    /// Adds records that a stored episode of the same session lacks. Their placeholders are numbered on from the stored ones,
    /// because the secrets behind those are not kept and cannot be compared.
    /// </summary>
    private static Episode Join(Episode stored, Episode more)
    {
        var highest = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var turn in stored.Turns)
        {
            Placeholders.Count(turn.Text, highest);
            foreach (var call in turn.ToolCalls)
            {
                Placeholders.Count(call.ArgumentsJson, highest);
            }
        }

        var shifted = more.Turns.Select(t =>
            t with
            {
                Text = Placeholders.Shift(t.Text, highest),
                ToolCalls =
                [
                    .. t.ToolCalls.Select(c => c with { ArgumentsJson = Placeholders.Shift(c.ArgumentsJson, highest) }),
                ],
            }
        );
        var isEarlier = more.StartedAt < stored.StartedAt;
        var events = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (kind, count) in stored.Events.Concat(more.Events))
        {
            events[kind] = events.GetValueOrDefault(kind) + count;
        }

        return stored with
        {
            Turns = isEarlier ? [.. shifted, .. stored.Turns] : [.. stored.Turns, .. shifted],
            Requests = [.. stored.Requests.UnionBy(more.Requests, r => r.Id)],
            Events = events,
            Model = stored.Model ?? more.Model,
            Session = stored.Session ?? more.Session,
            StartedAt = isEarlier ? more.StartedAt : stored.StartedAt ?? more.StartedAt,
        };
    }
}
