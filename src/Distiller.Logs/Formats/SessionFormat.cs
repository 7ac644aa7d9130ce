using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>
/// A format in which a file is one session that is written while the agent works: record after record, so that a file that
/// is collected again holds what it held and perhaps more. The ids of its requests must be unique over all its sessions
/// (<see cref="EpisodeSource.Records"/>): where the log gives none, they begin with the session's name.
/// </summary>
internal abstract class SessionFormat : LogFormat
{
    /// <summary>Begins to read a session.</summary>
    private protected abstract SessionReader Begin(SourceFile file);

    /// <summary>Whether a file only repeats what another holds, as its name tells: its records are noise.</summary>
    private protected virtual bool IsCopy(SourceFile file) => false;

    internal override void Read(Collection collection, SourceFile file, RecordLayout layout, Stream stream)
    {
        var isCopy = IsCopy(file);
        var part = new SessionPart(collection, file, Name, Begin(file), only: null);
        try
        {
            foreach (var (root, record) in Records(collection, file, layout, stream, quarantines: true))
            {
                if (isCopy)
                {
                    collection[Name].Noise++;
                }
                else
                {
                    Try(collection, file, record, () => part.Take(root, record));
                }
            }
        }
        finally
        {
            // Also what came before a failure of the disk.
            part.Store(layout == RecordLayout.Lines ? fresh => Retell(collection, file, stream, fresh) : null);
        }
    }

    /// <summary>The records that can be parsed; the others go to quarantine.</summary>
    private IEnumerable<(JsonElement Root, RawRecord Record)> Records(
        Collection collection,
        SourceFile file,
        RecordLayout layout,
        Stream stream,
        bool quarantines
    )
    {
        var bytesMax = collection.Options.BytesMax(layout);
        stream.Seek(0, SeekOrigin.Begin);
        using var records = RecordReader.Open(layout, stream, bytesMax);
        while (records.Next(out var record))
        {
            collection.ThrowIfCancelled();
            JsonDocument? document = null;
            try
            {
                document = RecordJson.Parse(record, bytesMax);
                records.Learn(RecordJson.IsObject(document.RootElement, records.RecordNoun));
            }
            catch (BadRecordException e)
            {
                document?.Dispose();
                document = null;
                if (quarantines)
                {
                    collection.Quarantine(Name, file, record, e);
                }

                if (e.Broken)
                {
                    records.ResumeAfter(record);
                }
            }

            if (document is not null)
            {
                using (document)
                {
                    yield return (document.RootElement, record);
                }
            }
        }
    }

    private void Try(Collection collection, SourceFile file, RawRecord record, Action take)
    {
        try
        {
            take();
        }
        catch (BadRecordException e)
        {
            collection.Quarantine(Name, file, record, e);
        }
    }

    /// <summary>The episode of some of the file's records only, in a second reading.</summary>
    private Episode Retell(Collection collection, SourceFile file, Stream stream, IReadOnlySet<long> only)
    {
        var part = new SessionPart(collection, file, Name, Begin(file), only);
        foreach (var (root, record) in Records(collection, file, RecordLayout.Lines, stream, quarantines: false))
        {
            try
            {
                part.Take(root, record);
            }
            catch (BadRecordException)
            {
                continue; // Refused in the first reading.
            }
        }

        return part.Finish();
    }

    /// <summary>What of a session lies between two limits of memory: an episode.</summary>
    /// <param name="only">The records that are told; null for all. The others tell only what holds for the whole session.</param>
    private sealed class SessionPart(
        Collection collection,
        SourceFile file,
        string format,
        SessionReader reader,
        IReadOnlySet<long>? only
    )
    {
        private readonly HashSet<long> _known = [];
        private readonly Dictionary<long, int> _occurrences = [];
        private readonly SessionParts _parts = new(collection, file, reader.Finish);

        public void Take(JsonElement root, RawRecord record)
        {
            var id = Identify(root, record);
            if (!_known.Add(id))
            {
                collection[format].Duplicates++;
                return;
            }

            if (only is not null && !only.Contains(id) && !reader.IsHeader(root))
            {
                return;
            }

            reader.Fallback ??= $"file-{record.Sha256()[..16]}";
            try
            {
                reader.Take(root);
            }
            catch (BadRecordException)
            {
                _known.Remove(id);
                throw;
            }

            if (only is null)
            {
                _parts.Took(id, record.Bytes.Length);
            }
        }

        public Episode Finish() => reader.Finish(collection.Options.Tenant);

        public void Store(Func<IReadOnlySet<long>, Episode>? retell) => _parts.Store(reader.IsWhole ? null : retell);

        private long Identify(JsonElement root, RawRecord record)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(reader.IsRewritten(root) ? "header"u8 : record.Bytes.Span, hash);
            var id = BinaryPrimitives.ReadInt64LittleEndian(hash);
            if (reader.IsRepeatable(root))
            {
                var occurrence = _occurrences[id] = _occurrences.GetValueOrDefault(id) + 1;
                id = unchecked(id + (occurrence - 1) * 0x5851F42D4C957F2D);
            }

            return id;
        }
    }
}

/// <summary>Makes an episode of a session's records.</summary>
internal abstract class SessionReader
{
    /// <summary>
    /// Names a session that its log does not name: by its first record, which stays when the file grows or is moved.
    /// </summary>
    public string? Fallback { get; set; }

    /// <summary>Whether a record told the whole session, so that another file of it tells the same or more, not the rest.</summary>
    public bool IsWhole { get; protected set; }

    /// <summary>
    /// Whether two equal records of one session are two: such as have neither a time nor an id, as when the user says the same
    /// word again.
    /// </summary>
    public virtual bool IsRepeatable(JsonElement record) => false;

    /// <summary>Whether it tells of the session as a whole.</summary>
    public virtual bool IsHeader(JsonElement record) => false;

    /// <summary>Whether it is rewritten while the session goes on: it stays the same record.</summary>
    public virtual bool IsRewritten(JsonElement record) => false;

    /// <exception cref="BadRecordException">It cannot be read; the rest of the session goes on.</exception>
    public abstract void Take(JsonElement record);

    /// <summary>
    /// The episode of what was taken since the last call, not yet scrubbed. What holds for the whole session (its id, folder,
    /// model) is kept for the next part.
    /// </summary>
    public abstract Episode Finish(string tenant);
}
