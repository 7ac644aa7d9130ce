using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Distiller.Core.Settings;

namespace Distiller.Jobs;

/// <summary>
/// What a step's process is told of the night's settings: the base, and each setting by its name. Options that nobody can
/// set stay out: both processes have the same.
/// </summary>
internal sealed class NightSettingsJson : JsonConverter<NightSettings>
{
    private const string BaseName = "base";

    public override NightSettings Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var told = JsonNode.Parse(ref reader)?.AsObject() ?? throw new JsonException("It holds null.");
        var path = told[BaseName]?.GetValue<string>() ?? throw new JsonException($"'{BaseName}' is missing.");
        told.Remove(BaseName);
        return SettingsJson.Read(
            new NightSettings { BasePath = path },
            JsonSerializer.SerializeToElement(told),
            place: "settings"
        );
    }

    public override void Write(Utf8JsonWriter writer, NightSettings value, JsonSerializerOptions options)
    {
        var told = SettingsJson.Write(value);
        told[BaseName] = value.BasePath;
        told.WriteTo(writer, options);
    }
}
