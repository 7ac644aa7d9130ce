using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distiller.Core.Settings;

/// <summary>The settings of a record as a flat JSON object, each by its name.</summary>
public static class SettingsJson
{
    public static JsonObject Write(object record) =>
        new(
            Setting
                .Of(record.GetType())
                .Select(s => KeyValuePair.Create(s.Name, (JsonNode?)NodeOf(s, record)))
                .Where(p => p.Value is not null)
        );

    /// <summary>The record with those of its settings that the object holds.</summary>
    /// <param name="place">Of the object, for errors, whose place is then <c>trial.opsdesk.days</c>.</param>
    /// <exception cref="BadInputException">A name is not known, or a value cannot be given.</exception>
    public static T Read<T>(T record, JsonElement element, string place)
        where T : class
    {
        var settings = Setting.Of(typeof(T)).ToDictionary(s => s.Name, StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            var at = SourceLocation.Option($"{place}.{property.Name}");
            if (!settings.TryGetValue(property.Name, out var setting))
            {
                throw new BadInputException(
                    at,
                    $"'{property.Name}' is not known here.",
                    Nearest.To(property.Name, settings.Keys) is { } near
                        ? $"Did you mean '{near}'?"
                        : $"Known here: {string.Join(", ", settings.Keys.Order(StringComparer.Ordinal))}."
                );
            }

            var text = TextOf(property.Value);
            if (setting.FaultOf(text) is { } fault)
            {
                throw new BadInputException(at, $"'{property.Name}': {fault.Reason}", fault.Remedy);
            }

            record = setting.With(record, text);
        }

        return record;
    }

    private static JsonNode? NodeOf(Setting setting, object record) =>
        setting.Choices.Count > 0
            ? JsonValue.Create(setting.TextOf(record))
            : JsonSerializer.SerializeToNode(setting.ValueOf(record), setting.Type);

    private static string TextOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Array => string.Join(',', value.EnumerateArray().Select(TextOf)),
            _ => value.GetRawText(),
        };
}
