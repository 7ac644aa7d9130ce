using System.Text;
using Distiller.Logs.Reading;
using Distiller.Logs.Scrubbing;

namespace Distiller.Logs;

/// <summary>A running collection: where readers put what they read, and what becomes of each record.</summary>
internal sealed class Collection(
    EpisodeBatch episodes,
    QuarantineBatch quarantine,
    CollectOptions options,
    CancellationToken cancellation
)
{
    private const int ExcerptChars = 200;

    private readonly SortedDictionary<string, FormatTally> _tallies = new(StringComparer.Ordinal);

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

    public void ThrowIfCancelled() => cancellation.ThrowIfCancellationRequested();

    /// <summary>Adds an episode that is one record.</summary>
    public void Add(Episode episode, SourceFile file, RawRecord record)
    {
        var clean = new EpisodeScrubber().Whole(episode);
        var source = new EpisodeSource(EpisodeScrubber.Name(file.Path), record.Sha256(), []);
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
    public void Refuse(string format, SourceFile file, RawRecord record, BadRecordException why) =>
        Refuse(format, file.Path, record.Number, record.Sha256(), record.Bytes.Span, why.Reason, why.Remedy);

    /// <summary>Puts a file, or what follows a place in it, into quarantine as one record.</summary>
    public void Refuse(
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
                new SourceLocation(EpisodeScrubber.Name(path), line),
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
    private static string Excerpt(ReadOnlySpan<byte> head)
    {
        const int readBytes = 4096;
        var text = Encoding.UTF8.GetString(head[..Math.Min(head.Length, readBytes)]).Replace('\0', '\uFFFD');
        var clean = new SecretScrubber().Scrub(text);
        return clean.Length <= ExcerptChars ? clean : clean[..ExcerptChars];
    }
}
