using System.Text;
using Distiller.Logs.Formats;
using Distiller.Logs.Reading;
using Distiller.Scrubbing;

namespace Distiller.Logs;

/// <summary>A running collection: takes what the formats read, scrubs it, and counts what became of each record.</summary>
internal sealed class Collection(
    EpisodeBatch episodes,
    QuarantineBatch quarantine,
    CollectOptions options,
    CancellationToken cancellation
)
{
    /// <summary>Stands where a format's name does for a file that none of them recognises.</summary>
    public const string UnknownFormat = "unknown";

    private const int ExcerptChars = 200;

    private readonly SortedDictionary<string, FormatTally> _tallies = new(StringComparer.Ordinal);
    private readonly HashSet<string> _claimed = new(StringComparer.Ordinal);

    private readonly Dictionary<Type, object> _memories = [];

    public EpisodeBatch Episodes { get; } = episodes;

    public CollectOptions Options { get; } = options;

    public IReadOnlyDictionary<string, FormatTally> Tallies => _tallies;

    public FormatTally this[string format]
    {
        get
        {
            if (!_tallies.TryGetValue(format, out var tally))
            {
                _tallies[format] = tally = new FormatTally();
            }

            return tally;
        }
    }

    /// <summary>
    /// Whether files that are read together, of which each may be come upon first, are still to be read in this collection.
    /// </summary>
    /// <param name="path">Full path of what stands for all of them.</param>
    public bool Claim(string path) => _claimed.Add(path);

    /// <summary>What a format remembers while this collection runs, one of each type.</summary>
    public T Memory<T>()
        where T : class, new()
    {
        if (!_memories.TryGetValue(typeof(T), out var memory))
        {
            _memories[typeof(T)] = memory = new T();
        }

        return (T)memory;
    }

    public void ThrowIfCancelled() => cancellation.ThrowIfCancellationRequested();

    /// <summary>Adds an episode that is one record.</summary>
    public void Add(Episode episode, SourceFile file, RawRecord record)
    {
        var clean = new EpisodeScrubber(Options.Rules).All(episode with { Turns = HarnessText.Mark(episode.Turns) });
        var source = new EpisodeSource(EpisodeScrubber.Name(file.Path, Options.Rules), record.Sha256(), []);
        if (Episodes.Append(clean, source) == AppendResult.Stored)
        {
            this[episode.Format].Stored++;
        }
        else
        {
            this[episode.Format].Duplicates++;
        }
    }

    /// <summary>Puts a record into quarantine.</summary>
    public void Quarantine(string format, SourceFile file, RawRecord record, BadRecordException why) =>
        Quarantine(format, file.Path, record.Number, record.Sha256(), record.Bytes.Span, why.Reason, why.Remedy);

    /// <summary>Puts a file, or what follows a place in it, into quarantine as one record.</summary>
    public void Quarantine(
        string format,
        string path,
        long line,
        string sha256,
        ReadOnlySpan<byte> head,
        string reason,
        string remedy
    )
    {
        this[format].Quarantined++;
        quarantine.Add(
            new QuarantinedRecord(
                new SourceLocation(EpisodeScrubber.Name(path, Options.Rules), line),
                format,
                reason,
                remedy,
                sha256,
                Excerpt(head)
            )
            {
                Tenant = Options.Tenant,
            }
        );
    }

    /// <summary>Scrubbed before it is cut, so that no secret is cut in two and missed.</summary>
    private string Excerpt(ReadOnlySpan<byte> head)
    {
        const int readBytes = 4096;
        var text = Encoding.UTF8.GetString(head[..Math.Min(head.Length, readBytes)]).Replace('\0', '\uFFFD');
        var clean = new SecretScrubber(Options.Rules).Scrub(text);
        return clean.Length <= ExcerptChars ? clean : clean[..ExcerptChars];
    }
}

/// <summary>Counts of one format while a collection runs.</summary>
internal sealed class FormatTally
{
    public long Stored { get; set; }

    public long Duplicates { get; set; }

    public long Quarantined { get; set; }

    public long Noise { get; set; }

    public FormatReport Report(EpisodeCounts before, EpisodeCounts after)
    {
        var (a, b) = (after.Usage, before.Usage);
        return new FormatReport(
            Stored + Duplicates + Quarantined + Noise,
            Stored,
            Duplicates,
            Quarantined,
            Noise,
            after.Episodes - before.Episodes,
            after.Sessions - before.Sessions,
            after.Turns - before.Turns,
            after.Requests - before.Requests,
            new UsageReport(
                a.Input - b.Input,
                a.CacheRead - b.CacheRead,
                a.CacheWrite - b.CacheWrite,
                a.Output - b.Output
            )
        );
    }
}
