using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Distiller.Core;

/// <summary>
/// The JSON form of episodes: stored in the lake, hashed for identity, and (one object a line) the project's own log
/// format, described by <c>data/episode.schema.json</c>.
/// </summary>
public static class EpisodeJson
{
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            MaxDepth = 64,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        };

    public static string TurnsToJson(IReadOnlyList<Turn> turns) => JsonSerializer.Serialize(turns, Options);

    public static IReadOnlyList<Turn> TurnsFromJson(string json) =>
        JsonSerializer.Deserialize<IReadOnlyList<Turn>>(json, Options) ?? [];

    public static string RequestsToJson(IReadOnlyList<ModelRequest> requests) =>
        JsonSerializer.Serialize(requests, Options);

    public static IReadOnlyList<ModelRequest> RequestsFromJson(string json) =>
        JsonSerializer.Deserialize<IReadOnlyList<ModelRequest>>(json, Options) ?? [];

    /// <summary>Returns the episode with its identity computed from its content.</summary>
    public static Episode Identify(Episode episode)
    {
        var anonymous = episode with { Id = default };
        var canonical = JsonSerializer.SerializeToUtf8Bytes(anonymous, Options);
        return episode with { Id = new EpisodeId(Convert.ToHexStringLower(SHA256.HashData(canonical))) };
    }
}
