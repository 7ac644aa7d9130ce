using System.Text.Json;
using System.Text.Json.Serialization;

namespace Distiller.Core;

/// <summary>One attempt of an agent at a task, scrubbed of secrets.</summary>
public sealed record Episode
{
    /// <summary>SHA-256 over the canonical JSON of everything below (see <see cref="EpisodeJson"/>).</summary>
    public required EpisodeId Id { get; init; }

    /// <summary>Name of the log format it was read from.</summary>
    public required string Format { get; init; }

    /// <summary>
    /// The episode's own name in its source (session id, task and trial). A later episode with the same format, tenant
    /// and key is a longer record of the same attempt and takes the earlier one's place.
    /// </summary>
    public required string Key { get; init; }

    public required string Tenant { get; init; }

    public required string Agent { get; init; }

    public string? Model { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>What was attempted; episodes of one task never stand on both sides of the train/holdout split.</summary>
    public required string TaskId { get; init; }

    public required IReadOnlyList<Turn> Turns { get; init; }

    public required Outcome Outcome { get; init; }

    /// <summary>Where it took place; null for an attempt that is no session of a person, such as a benchmark's trial.</summary>
    public Session? Session { get; init; }

    /// <summary>Billed requests, each once.</summary>
    public IReadOnlyList<ModelRequest> Requests { get; init; } = [];

    /// <summary>Usage the source gives for the episode as a whole and not per request.</summary>
    public Usage UnattributedUsage { get; init; }

    /// <summary>Records of the source that are no turn (progress, summaries, snapshots), counted per kind.</summary>
    public IReadOnlyDictionary<string, int> Events { get; init; } =
        new SortedDictionary<string, int>(StringComparer.Ordinal);

    public Usage Usage => Requests.Aggregate(UnattributedUsage, (sum, r) => sum + r.Usage);
}

/// <summary>
/// The identity of an episode: SHA-256 (64 lower-case hex digits) over its canonical JSON; of the second task that was cut out
/// of it, the same with <c>#2</c> behind it.
/// </summary>
[JsonConverter(typeof(AsJsonString))]
public readonly record struct EpisodeId(string Value) : IComparable<EpisodeId>
{
    private const char TaskMark = '#';

    /// <summary>The episode as collected: of a task the session that it was cut out of.</summary>
    public EpisodeId Collected => Value.IndexOf(TaskMark) is >= 0 and var mark ? new(Value[..mark]) : this;

    /// <summary>Of a task its number within the session, from 1, or 0 where none can be read; else null.</summary>
    public int? TaskNumber =>
        Value.IndexOf(TaskMark) is >= 0 and var mark
            ? int.TryParse(Value.AsSpan(mark + 1), System.Globalization.CultureInfo.InvariantCulture, out var number)
                ? number
                : 0
            : null;

    /// <param name="number">From 1, in the order of the session.</param>
    public EpisodeId OfTask(int number) =>
        new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Collected.Value}{TaskMark}{number}"));

    public int CompareTo(EpisodeId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;

    public static bool operator <(EpisodeId a, EpisodeId b) => a.CompareTo(b) < 0;

    public static bool operator >(EpisodeId a, EpisodeId b) => a.CompareTo(b) > 0;

    public static bool operator <=(EpisodeId a, EpisodeId b) => a.CompareTo(b) <= 0;

    public static bool operator >=(EpisodeId a, EpisodeId b) => a.CompareTo(b) >= 0;

    internal sealed class AsJsonString : JsonConverter<EpisodeId>
    {
        public override EpisodeId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, EpisodeId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value ?? "");
    }
}
