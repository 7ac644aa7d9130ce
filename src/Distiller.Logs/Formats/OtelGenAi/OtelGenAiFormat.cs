using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Distiller.Logs.Reading;
using Distiller.Scrubbing;

namespace Distiller.Logs.Formats.OtelGenAi;

/// <summary>
/// OpenTelemetry traces of generative models in OTLP's JSON: a document, or a line for each export. The spans of one
/// conversation are one episode, in whichever records and files they came.
/// </summary>
internal sealed class OtelGenAiFormat : LogFormat
{
    private const string FormatName = "otel-genai";

    /// <summary>Requests repeat the conversation, so what is held is a multiple of an episode.</summary>
    private const int HeldEpisodes = 8;

    public override string Name => FormatName;

    public override string Title => "OpenTelemetry traces of generative models (OTLP JSON)";

    public override string Identity => "a conversation; by gen_ai.conversation.id, else by the trace's id";

    public override string OutcomeSource => "none";

    public override string UsageConvention =>
        "per chat span; gen_ai.usage.input_tokens include what the cache held, unless that is more";

    internal override IReadOnlyList<RecordLayout> Layouts => [RecordLayout.Document, RecordLayout.Lines];

    internal override IReadOnlyList<string> Members => ["resourceSpans"];

    internal override bool Recognizes(JsonElement record) =>
        RecordJson.Is(record, "resourceSpans", JsonValueKind.Array);

    internal override void Read(Collection collection, SourceFile file, RecordLayout layout, Stream stream)
    {
        var bytesMax = collection.Options.BytesMax(layout);
        var held = new Held();
        using var records = RecordReader.Open(layout, stream, bytesMax);
        try
        {
            while (records.Next(out var record))
            {
                collection.ThrowIfCancelled();
                try
                {
                    using var document = RecordJson.Parse(record, bytesMax);
                    held.Take(RecordJson.IsObject(document.RootElement, records.RecordNoun), record.Length);
                }
                catch (BadRecordException e)
                {
                    collection.Quarantine(Name, file, record, e);
                }

                if (held.Bytes > (long)collection.Options.EpisodeCharsMax * HeldEpisodes)
                {
                    Store(collection, file, held);
                }
            }
        }
        finally
        {
            Store(collection, file, held); // Also what came before a failure of the disk.
        }
    }

    private static void Store(Collection collection, SourceFile file, Held held)
    {
        var stored = new HashSet<int>();
        foreach (var (name, spans) in held.Conversations())
        {
            if (Store(collection, file, name, [.. spans.Select(s => s.Span)]))
            {
                stored.UnionWith(spans.Select(s => s.Record));
            }
        }

        var tally = collection[FormatName];
        tally.Stored += stored.Count;
        tally.Duplicates += held.Told.Count - stored.Count;
        tally.Noise += held.Records - held.Told.Count;
        held.Clear();
    }

    /// <returns>Whether it brought something new.</returns>
    private static bool Store(Collection collection, SourceFile file, string name, IReadOnlyList<OtelSpan> spans)
    {
        var tenant = collection.Options.Tenant;
        var told = OtelConversation.ToEpisode(FormatName, name, tenant, spans);
        var episode = new EpisodeScrubber(collection.Options.Rules).All(
            told with
            {
                Turns = HarnessText.Mark(told.Turns),
            }
        );
        var ids = spans.Select(s => s.RecordId).Distinct().ToList();
        if (collection.Episodes.Find(FormatName, tenant, episode.Key) is { } known)
        {
            var knownIds = known.Source.Records.ToHashSet();
            if (ids.TrueForAll(knownIds.Contains))
            {
                return false;
            }

            if (!knownIds.IsSubsetOf(ids))
            {
                episode = OtelConversation.Merge(known.Episode, episode);
                ids = [.. knownIds.Union(ids)];
            }
        }

        ids.Sort();
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(',', ids))));
        var source = new EpisodeSource(EpisodeScrubber.Name(file.Path, collection.Options.Rules), digest, [.. ids]);
        return collection.Episodes.Append(episode, source) == AppendResult.Stored;
    }

    /// <summary>Spans that were read and not stored yet, with the number of the record that told each.</summary>
    private sealed class Held
    {
        private readonly List<(OtelSpan Span, int Record)> _spans = [];

        public long Bytes { get; private set; }

        public int Records { get; private set; }

        /// <summary>Records with spans of models.</summary>
        public HashSet<int> Told { get; } = [];

        /// <summary>All spans of a record or none: a record with a bad one is refused as a whole.</summary>
        public void Take(JsonElement root, long length)
        {
            var read = new List<OtelSpan>();
            foreach (var resource in LenientJson.Items(root, "resourceSpans"))
            {
                var attributes = new OtelAttributes(LenientJson.Object(resource, "resource") ?? default);
                var scopes = LenientJson
                    .Items(resource, "scopeSpans")
                    .Concat(LenientJson.Items(resource, "instrumentationLibrarySpans"));
                foreach (var span in scopes.SelectMany(s => LenientJson.Items(s, "spans")))
                {
                    if (OtelSpan.Read(span, attributes) is { } told)
                    {
                        read.Add(told);
                    }
                }
            }

            _spans.AddRange(read.Select(s => (s, Records)));
            if (read.Count > 0)
            {
                Told.Add(Records);
            }

            Records++;
            Bytes += length;
        }

        /// <summary>A span without the conversation's name belongs to that of its trace.</summary>
        public IEnumerable<(string Name, List<(OtelSpan Span, int Record)> Spans)> Conversations()
        {
            var named = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (span, _) in _spans)
            {
                if (span is { TraceId: { } trace, Conversation: { } conversation })
                {
                    named.TryAdd(trace, conversation);
                }
            }

            return _spans
                .DistinctBy(s => s.Span.RecordId)
                .GroupBy(
                    s =>
                        s.Span.Conversation
                        ?? (s.Span.TraceId is { } trace ? named.GetValueOrDefault(trace, trace) : s.Span.FallbackName),
                    StringComparer.Ordinal
                )
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => (g.Key, g.ToList()));
        }

        public void Clear()
        {
            _spans.Clear();
            Told.Clear();
            Records = 0;
            Bytes = 0;
        }
    }
}
