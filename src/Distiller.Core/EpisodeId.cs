using System.Text.Json;
using System.Text.Json.Serialization;

namespace Distiller.Core;

/// <summary>The identity of an episode: SHA-256 (64 lower-case hex digits) over its canonical JSON.</summary>
[JsonConverter(typeof(AsJsonString))]
public readonly record struct EpisodeId(string Value) : IComparable<EpisodeId>
{
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
