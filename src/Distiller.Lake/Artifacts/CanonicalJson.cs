using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distiller.Lake;

/// <summary>One text per value: members sorted by name, no white space, the number forms of System.Text.Json.</summary>
public static class CanonicalJson
{
    public static JsonNode? ToNode(object? value) =>
        Sort(value is null ? null : JsonSerializer.SerializeToNode(value, value.GetType(), EpisodeJson.Options));

    public static string Text(object? value) => ToNode(value)?.ToJsonString(EpisodeJson.Options) ?? "null";

    /// <summary>SHA-256 over the text, 64 lower-case hex digits.</summary>
    public static string Hash(object? value) =>
        Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Text(value))));

    private static JsonNode? Sort(JsonNode? node) =>
        node switch
        {
            JsonObject o => new JsonObject(
                o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sort(p.Value)))
            ),
            JsonArray a => new JsonArray([.. a.Select(Sort)]),
            _ => node?.DeepClone(),
        };
}
