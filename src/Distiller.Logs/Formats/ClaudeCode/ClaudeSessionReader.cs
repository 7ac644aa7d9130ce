using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Distiller.Logs.Reading;
using Distiller.Scrubbing;

namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>
/// Reads the sessions of a file. A session is an episode; so is each sub-agent of it (an <c>agentId</c>, or a side chain
/// with its own root), whose task is the session's. Lines without a session id belong to the file's first session.
/// </summary>
internal sealed class ClaudeSessionReader(ClaudeCodeFormat format, Collection collection, SourceFile file) : IDisposable
{
    private readonly List<ClaudeSession> _sessions = [];
    private readonly Dictionary<string, ClaudeSession> _byName = new(StringComparer.Ordinal);

    /// <summary>By uuid, the first line of the side chain that a line belongs to; each such chain is a sub-agent.</summary>
    private readonly Dictionary<string, string> _roots = new(StringComparer.Ordinal);
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private ClaudeSession? _first;
    private string? _fallback;
    private long _chars;

    public void Read(Stream stream)
    {
        try
        {
            ReadLines(stream);
        }
        catch (UnreadableFileException)
        {
            StoreAll(); // The lines before the failure are kept.
            throw;
        }

        StoreAll();
    }

    public void Dispose() => _digest.Dispose();

    private void ReadLines(Stream stream)
    {
        using var lines = new LineReader(stream, collection.Options.RecordBytesMax);
        while (lines.Next(out var record))
        {
            collection.ThrowIfCancelled();
            TakeLine(record);
        }
    }

    /// <summary>
    /// Takes a line, or the whole records on a line that several writers wrote at once; what is left of it is refused.
    /// </summary>
    private void TakeLine(RawRecord line)
    {
        try
        {
            Take(line);
        }
        catch (BadRecordException e) when (e.Broken)
        {
            var splices = SplicedLine.Of(line, format.Recognizes);
            foreach (var whole in splices.Whole)
            {
                try
                {
                    Take(whole);
                }
                catch (BadRecordException part)
                {
                    collection.Quarantine(ClaudeCodeFormat.FormatName, file, whole, part);
                }
            }

            if (splices.HasRest)
            {
                collection.Quarantine(ClaudeCodeFormat.FormatName, file, line, e);
            }
        }
        catch (BadRecordException e)
        {
            collection.Quarantine(ClaudeCodeFormat.FormatName, file, line, e);
        }
    }

    private void Take(RawRecord record)
    {
        using var document = RecordJson.Parse(record, collection.Options.RecordBytesMax);
        Take(document.RootElement, record);
    }

    private void StoreAll()
    {
        foreach (var session in _sessions)
        {
            Store(session);
        }
    }

    private void Take(JsonElement line, RawRecord raw)
    {
        var kind = ClaudeLine.Kind(line);
        var id = ClaudeLine.Identity(line, raw);
        var session = SessionOf(line);
        var record = ClaudeLine.Read(line, kind, id, session.Scrubber);
        // A file that names no session is named by its first line, which stays when the file grows.
        _fallback ??= $"file-{raw.Sha256()[..16]}";
        var before = session.Chars;
        session.Add(record);
        _chars += session.Chars - before;
        if (session.Chars >= collection.Options.EpisodeCharsMax)
        {
            StorePart(session);
        }
        else if (_chars >= 4L * collection.Options.EpisodeCharsMax)
        {
            StorePart(_sessions.MaxBy(s => s.Chars)!);
        }
    }

    private ClaudeSession SessionOf(JsonElement line)
    {
        // Printed streams write session_id.
        var given = RecordJson.Text(line, "sessionId") ?? RecordJson.Text(line, "session_id");
        var name = given is { Length: > 0 } ? given.Replace('/', '_') : null;
        if (_first is null)
        {
            _first = new ClaudeSession(name, parent: null, collection.Options.Rules);
            _sessions.Add(_first);
        }

        if (name is not null && _first.Name is null)
        {
            _first.Name = name;
        }

        if (_first.Name is { } firstName)
        {
            _byName.TryAdd(firstName, _first);
        }

        if (BranchOf(line) is not { } branch)
        {
            return name is null ? _first : Open(name, parent: null);
        }

        var parent = name ?? _first.Name ?? "session";
        return Open($"{parent}/{branch}", parent);
    }

    /// <summary>The sub-agent that a line is of; null for the session's own lines.</summary>
    private string? BranchOf(JsonElement line)
    {
        if (RecordJson.Text(line, "parent_tool_use_id") is { Length: > 0 } call)
        {
            return $"call-{call.Replace('/', '_')}";
        }

        if (RecordJson.Bool(line, "isSidechain") != true)
        {
            return null;
        }

        return RecordJson.Text(line, "agentId") is { } agent ? $"agent-{agent}" : $"side-{Root(line)}";
    }

    private ClaudeSession Open(string name, string? parent)
    {
        if (!_byName.TryGetValue(name, out var session))
        {
            session = new ClaudeSession(name, parent, collection.Options.Rules);
            _byName[name] = session;
            _sessions.Add(session);
        }

        return session;
    }

    private string Root(JsonElement line)
    {
        var uuid = RecordJson.Text(line, "uuid") ?? "";
        var parent = RecordJson.Text(line, "parentUuid");
        var root = parent is not null && _roots.TryGetValue(parent, out var known) ? known : uuid;
        _roots[uuid] = root;
        return root;
    }

    private void StorePart(ClaudeSession session)
    {
        _chars -= session.Chars;
        Store(session);
        session.NextPart();
    }

    private void Store(ClaudeSession session)
    {
        var tally = collection[ClaudeCodeFormat.FormatName];
        tally.Duplicates += session.Repeated;
        if (session.Records.Count == 0)
        {
            return;
        }

        session.Name ??= _fallback;
        var tenant = collection.Options.Tenant;
        var episode = session.ToEpisode(session.Records, tenant);
        if (collection.Episodes.Holds(ClaudeCodeFormat.FormatName, tenant, episode.Key, session.Ids))
        {
            tally.Duplicates += session.Records.Count;
            return;
        }

        var stored = collection.Episodes.Find(ClaudeCodeFormat.FormatName, tenant, episode.Key);
        var known = stored?.Source.Records.ToHashSet() ?? [];
        var fresh = session.Records.Where(r => !known.Contains(r.Id)).ToList();
        tally.Duplicates += session.Records.Count - fresh.Count;
        if (fresh.Count == 0)
        {
            return;
        }

        var ids = session.Records.Select(r => r.Id).ToArray();
        if (stored is not null && !known.IsSubsetOf(session.Ids))
        {
            // Two overlapping copies of a session: each has lines that the other lacks.
            episode = ClaudeMerge.Join(stored.Episode, session.ToEpisode(fresh, tenant));
            ids = [.. stored.Source.Records, .. fresh.Select(r => r.Id)];
        }

        var source = new EpisodeSource(EpisodeScrubber.Name(file.Path, collection.Options.Rules), Digest(ids), ids);
        var result = collection.Episodes.Append(episode, source);
        if (result == AppendResult.Stored)
        {
            tally.Stored += fresh.Count;
        }
        else
        {
            tally.Duplicates += fresh.Count;
        }
    }

    private string Digest(long[] ids)
    {
        foreach (var id in ids)
        {
            _digest.AppendData(System.Text.Encoding.ASCII.GetBytes(id.ToString("x16", CultureInfo.InvariantCulture)));
        }

        return Convert.ToHexStringLower(_digest.GetHashAndReset());
    }
}
