using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distiller.Core;
using Distiller.Core.Settings;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Distiller.Yaml;

/// <summary>
/// Keys and values of a YAML file. Each key must be asked for: one that nobody asked for is misspelt. Every error is a
/// <see cref="BadInputException"/> with file, line, column and remedy.
/// </summary>
public sealed class YamlMapping
{
    /// <summary>Aliases could make a small file a huge value.</summary>
    private const int JsonNodesMax = 10_000;
    private const int JsonDepthMax = 16;

    private readonly YamlFile _file;
    private readonly YamlMappingNode _node;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    internal YamlMapping(YamlFile file, YamlMappingNode node) => (_file, _node) = (file, node);

    public SourceLocation Place => PlaceOf(_node);

    public bool Has(string key) => Find(key) is not null;

    /// <summary>Position of the key's value, or of the mapping where the key is missing.</summary>
    public SourceLocation PlaceOf(string key) => PlaceOf(Find(key) ?? _node);

    /// <summary>Position of the innermost existing part of a path such as <c>trial.opsdesk.later-drifts[1]</c>.</summary>
    public SourceLocation PlaceOfPath(string path)
    {
        YamlNode node = _node;
        var place = Place;
        foreach (var key in path.Split('.'))
        {
            var name = new YamlScalarNode(key.Split('[')[0]);
            if (node is not YamlMappingNode map || !map.Children.TryGetValue(name, out var value))
            {
                break;
            }

            place = PlaceOf(map.Children.Keys.First(k => k.Equals(name)));
            node = value;
        }

        return place;
    }

    /// <param name="remedy">What to write where the key is missing or no text; null: the file's remedy.</param>
    public string Text(string key, string? remedy = null)
    {
        var node = Need(key, remedy);
        return Scalar(node) ?? throw Bad(PlaceOf(node), $"'{key}' must be a text.", remedy);
    }

    /// <summary>A text, or a list of texts with at least one.</summary>
    public IReadOnlyList<(string Text, SourceLocation Place)> Texts(string key, string remedy)
    {
        var node = Need(key, remedy);
        var entries = node is YamlSequenceNode list ? list.Children : [node];
        return entries.Count == 0
            ? throw Bad(PlaceOf(node), $"'{key}' is empty.", remedy)
            :
            [
                .. entries.Select(entry =>
                    Scalar(entry) is { } text
                        ? (text, PlaceOf(entry))
                        : throw Bad(PlaceOf(entry), $"'{key}' must hold texts.", remedy)
                ),
            ];
    }

    /// <param name="parse">Returns null for a text that is no such value.</param>
    /// <param name="kind">What it must be, for the error: <c>date of the form 2025-12-31</c>.</param>
    public T Value<T>(string key, Func<string, T?> parse, string kind, string? remedy = null)
        where T : struct
    {
        var text = Text(key, remedy);
        return parse(text) ?? throw Bad(key, $"'{text}' is no {kind}.", remedy);
    }

    public long Whole(string key, long low, long high)
    {
        var kind = $"whole number from {low} to {high}";
        return Value<long>(
            key,
            text =>
                long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number >= low
                && number <= high
                    ? number
                    : null,
            kind,
            $"Write a {kind}."
        );
    }

    /// <summary>The record with those of its settings that stand here.</summary>
    /// <param name="only">Names of the settings that may stand here; none for all.</param>
    public T Settings<T>(T record, params IReadOnlyList<string> only)
        where T : class
    {
        foreach (var setting in Setting.Of(typeof(T)).Where(s => only.Count == 0 || only.Contains(s.Name)))
        {
            if (Has(setting.Name))
            {
                var text = Text(setting.Name, setting.Remedy);
                record = setting.FaultOf(text) is { } fault
                    ? throw Bad(setting.Name, fault.Reason, fault.Remedy)
                    : setting.With(record, text);
            }
        }

        return record;
    }

    public YamlMapping Mapping(string key, string? remedy = null) =>
        Need(key, remedy) is var node && node is YamlMappingNode child
            ? new YamlMapping(_file, child)
            : throw Bad(PlaceOf(node), $"'{key}' must have keys of its own.", remedy);

    /// <summary>A list of mappings that is not empty.</summary>
    public IReadOnlyList<YamlMapping> Mappings(string key, string? remedy = null) =>
        Need(key, remedy) is YamlSequenceNode { Children.Count: > 0 } list
            ?
            [
                .. list.Children.Select(entry =>
                    entry is YamlMappingNode child
                        ? new YamlMapping(_file, child)
                        : throw Bad(PlaceOf(entry), $"An entry of '{key}' must have keys.", remedy)
                ),
            ]
            : throw Bad(key, "it must be a list with at least one entry.", remedy);

    /// <summary>
    /// A part that another reader interprets, as JSON. Plain <c>true</c>, <c>3</c> and <c>null</c> are not texts.
    /// </summary>
    public JsonElement? Json(string key)
    {
        var nodes = 0;
        return Find(key) is { } node ? JsonSerializer.SerializeToElement(Convert(node, 0)) : null;

        JsonNode? Convert(YamlNode part, int depth)
        {
            if (++nodes > JsonNodesMax || depth > JsonDepthMax)
            {
                throw Bad(key, "it is too large or refers to itself.", "Write it shorter, without aliases.");
            }

            return part switch
            {
                YamlMappingNode map => new JsonObject(
                    map.Children.Select(p => KeyValuePair.Create(p.Key.ToString(), Convert(p.Value, depth + 1)))
                ),
                YamlSequenceNode list => new JsonArray([.. list.Children.Select(e => Convert(e, depth + 1))]),
                YamlScalarNode { Style: ScalarStyle.Plain, Value: var text } => Plain(text),
                _ => JsonValue.Create(((YamlScalarNode)part).Value),
            };
        }
    }

    /// <summary>Refuses keys that were not read; call it after reading all others.</summary>
    public void RefuseOthers()
    {
        var other = _node.Children.Keys.FirstOrDefault(k =>
            k is not YamlScalarNode { Value: { } key } || !_known.Contains(key)
        );
        if (other is not null)
        {
            var keys = _known.Order(StringComparer.Ordinal).ToList();
            throw Bad(
                PlaceOf(other),
                $"'{other}' is not known here.",
                Nearest.To(other.ToString(), keys) is { } near
                    ? $"Did you mean '{near}'?"
                    : $"Known here: {string.Join(", ", keys)}."
            );
        }
    }

    public BadInputException Bad(string key, string reason, string? remedy = null) =>
        Bad(PlaceOf(key), $"'{key}': {reason}", remedy);

    public BadInputException Bad(SourceLocation place, string reason, string? remedy = null) =>
        new(place, reason, remedy ?? _file.Remedy);

    private SourceLocation PlaceOf(YamlNode node) => _file.PlaceOf(node.Start);

    private static string? Scalar(YamlNode node) =>
        node is YamlScalarNode { Value: { Length: > 0 } text } && !text.Any(char.IsControl) ? text : null;

    private static JsonValue? Plain(string? text) =>
        text is null or "" or "~" or "null" ? null
        : bool.TryParse(text, out var flag) ? JsonValue.Create(flag)
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? JsonValue.Create(whole)
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? JsonValue.Create(number)
        : JsonValue.Create(text);

    private YamlNode Need(string key, string? remedy) => Find(key) ?? throw Bad(Place, $"'{key}' is missing.", remedy);

    private YamlNode? Find(string key)
    {
        _known.Add(key);
        return _node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
    }
}
