using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Distiller.Logs.Reading;
using Distiller.Logs.Scrubbing;

namespace Distiller.Logs.Formats;

/// <summary>
/// A format in which a file is one session that is written while the agent works: record after record, so that a file that
/// is collected again holds what it held and perhaps more. The ids of its requests must be unique over all its sessions
/// (<see cref="EpisodeSource.Records"/>): where the log gives none, they begin with the session's name.
/// </summary>
internal abstract class SessionFormat : LogFormat
{
    /// <summary>Begins to read a session.</summary>
    private protected abstract ISessionReader Begin(SourceFile file);

    internal sealed override void Read(Collection collection, SourceFile file, RecordLayout layout, Stream stream)
    {
        var part = new SessionPart(collection, file, Name, Begin(file));
        var bytesMax = collection.Options.BytesMax(layout);
        using var records = RecordReader.Open(layout, stream, bytesMax);
        try
        {
            while (records.Next(out var record))
            {
                collection.ThrowIfCancelled();
                try
                {
                    using var document = RecordJson.Parse(record, bytesMax);
                    var root = RecordJson.IsObject(document.RootElement, records.RecordNoun);
                    records.Learn(root);
                    part.Take(root, record);
                }
                catch (BadRecordException e)
                {
                    collection.Quarantine(Name, file, record, e);
                    if (e.Broken)
                    {
                        records.ResumeAfter(record);
                    }
                }
            }
        }
        finally
        {
            part.Store(); // Also what came before a failure of the disk.
        }
    }

    /// <summary>What of a session lies between two limits of memory: an episode.</summary>
    private sealed class SessionPart(Collection collection, SourceFile file, string format, ISessionReader reader)
    {
        private readonly List<long> _ids = [];
        private readonly HashSet<long> _known = [];
        private long _chars;
        private int _number = 1;
        private long _repeated;

        public void Take(JsonElement root, RawRecord record)
        {
            var hash = SHA256.HashData(record.Bytes.Span);
            var id = BinaryPrimitives.ReadInt64LittleEndian(hash);
            if (!_known.Add(id))
            {
                _repeated++;
                return;
            }

            try
            {
                reader.Take(root);
            }
            catch (BadRecordException)
            {
                _known.Remove(id);
                throw;
            }

            _ids.Add(id);
            _chars += record.Length;
            if (_chars >= collection.Options.EpisodeCharsMax)
            {
                Store();
                _number++;
            }
        }

        public void Store()
        {
            var tally = collection[format];
            tally.Duplicates += _repeated;
            _repeated = 0;
            if (_ids.Count == 0)
            {
                return;
            }

            var ids = _ids.ToArray();
            _ids.Clear();
            _chars = 0;
            var tenant = collection.Options.Tenant;
            var told = reader.Finish(tenant);
            told = _number == 1 ? told : told with { Key = $"{told.Key}/part-{_number}" };
            var episode = new EpisodeScrubber(collection.Options.Rules).All(
                told with
                {
                    Turns = HarnessText.Mark(told.Turns),
                }
            );
            if (collection.Episodes.Holds(format, tenant, episode.Key, ids))
            {
                tally.Duplicates += ids.Length;
                return;
            }

            var stored = collection.Episodes.Find(format, tenant, episode.Key)?.Source.Records.ToHashSet() ?? [];
            var fresh = ids.Count(id => !stored.Contains(id));
            var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(',', ids))));
            var source = new EpisodeSource(EpisodeScrubber.Name(file.Path, collection.Options.Rules), digest, ids);
            var isNew = fresh > 0 && collection.Episodes.Append(episode, source) == AppendResult.Stored;
            tally.Stored += isNew ? fresh : 0;
            tally.Duplicates += isNew ? ids.Length - fresh : ids.Length;
        }
    }
}

/// <summary>Makes an episode of a session's records.</summary>
internal interface ISessionReader
{
    /// <exception cref="BadRecordException">It cannot be read; the rest of the session goes on.</exception>
    void Take(JsonElement record);

    /// <summary>
    /// The episode of what was taken since the last call, not yet scrubbed. What holds for the whole session (its id, folder,
    /// model) is kept for the next part.
    /// </summary>
    Episode Finish(string tenant);
}
