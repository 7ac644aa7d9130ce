using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distiller.Core;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Distiller.Jobs.Scheduling;

/// <summary>A mapping of the schedule. Each key must be asked for: one that nobody knows is a slip of the pen.</summary>
internal sealed class ScheduleNode(string file, YamlMappingNode mapping)
{
    /// <summary>Aliases could make a small file a huge value.</summary>
    private const int JsonNodesMax = 10_000;
    private const int JsonDepthMax = 16;

    private readonly List<string> _known = [];

    public long Line => mapping.Start.Line;

    public bool Has(string key) => Find(key) is not null;

    public long LineOf(string key) => (Find(key) ?? mapping).Start.Line;

    /// <summary>Of the innermost part that is there of a place such as <c>trial.opsdesk.later-drifts[1]</c>.</summary>
    public long LineOfPlace(string place)
    {
        YamlNode node = mapping;
        var line = Line;
        foreach (var key in place.Split('.'))
        {
            var name = new YamlScalarNode(key.Split('[')[0]);
            if (node is not YamlMappingNode map || !map.Children.TryGetValue(name, out var value))
            {
                break;
            }

            line = map.Children.Keys.First(k => k.Equals(name)).Start.Line;
            node = value;
        }

        return line;
    }

    /// <param name="remedy">What to write, where the key is missing or no text.</param>
    public string Text(string key, string remedy)
    {
        var node = Find(key) ?? throw At(Line, $"'{key}' is missing.", remedy);
        return Scalar(node) ?? throw At(node.Start.Line, $"'{key}' must be a text.", remedy);
    }

    /// <summary>A text, or a list of texts with at least one.</summary>
    public IReadOnlyList<(string Text, long Line)> Texts(string key, string remedy)
    {
        var node = Find(key) ?? throw At(Line, $"'{key}' is missing.", remedy);
        var entries = node is YamlSequenceNode list ? list.Children : [node];
        return entries.Count == 0
            ? throw At(node.Start.Line, $"'{key}' is empty.", remedy)
            :
            [
                .. entries.Select(entry =>
                    Scalar(entry) is { } text
                        ? (text, entry.Start.Line)
                        : throw At(entry.Start.Line, $"'{key}' must hold texts.", remedy)
                ),
            ];
    }

    public long Whole(string key, long low, long high, long otherwise)
    {
        var remedy = $"Write a whole number from {low} to {high}.";
        return !Has(key) ? otherwise
            : long.TryParse(
                Text(key, remedy),
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var number
            )
            && number >= low
            && number <= high
                ? number
            : throw Bad(key, $"'{Text(key, remedy)}' is no whole number from {low} to {high}.", remedy);
    }

    public double Number(string key, double otherwise)
    {
        const string Remedy = "Write a number, such as 0.2 or 1e-3.";
        return !Has(key) ? otherwise
            : double.TryParse(Text(key, Remedy), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
                ? number
            : throw Bad(key, $"'{Text(key, Remedy)}' is no number.", Remedy);
    }

    public bool Flag(string key, bool otherwise) =>
        !Has(key) ? otherwise
        : Text(key, "Write true or false.") is var text && bool.TryParse(text, out var flag) ? flag
        : throw Bad(key, $"'{text}' is neither true nor false.", "Write true or false.");

    public ScheduleNode Mapping(string key, string remedy) =>
        Find(key) switch
        {
            YamlMappingNode child => new ScheduleNode(file, child),
            { } other => throw At(other.Start.Line, $"'{key}' must have keys of its own.", remedy),
            null => throw At(Line, $"'{key}' is missing.", remedy),
        };

    /// <summary>A list of mappings that is not empty.</summary>
    public IReadOnlyList<ScheduleNode> Mappings(string key, string remedy)
    {
        if (Find(key) is not YamlSequenceNode { Children.Count: > 0 } list)
        {
            throw Bad(key, Has(key) ? "it must be a list with at least one entry." : "it is missing.", remedy);
        }

        return
        [
            .. list.Children.Select(entry =>
                entry is YamlMappingNode child
                    ? new ScheduleNode(file, child)
                    : throw At(entry.Start.Line, $"An entry of '{key}' must have keys.", remedy)
            ),
        ];
    }

    /// <summary>A part that somebody else reads, as JSON. Plain <c>true</c>, <c>3</c> and <c>null</c> are not texts.</summary>
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

    public void RefuseOthers()
    {
        var other = mapping.Children.Keys.FirstOrDefault(k =>
            k is not YamlScalarNode { Value: { } key } || !_known.Contains(key, StringComparer.Ordinal)
        );
        if (other is not null)
        {
            var keys = _known.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            throw At(
                other.Start.Line,
                $"'{other}' is not known here.",
                Nearest.To(other.ToString(), keys) is { } near
                    ? $"Did you mean '{near}'?"
                    : $"Known here: {string.Join(", ", keys)}."
            );
        }
    }

    public BadInputException Bad(string key, string reason, string remedy) =>
        At(LineOf(key), $"'{key}': {reason}", remedy);

    public BadInputException At(long line, string reason, string remedy) =>
        new(new SourceLocation(file, line), reason, remedy);

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

    private YamlNode? Find(string key)
    {
        _known.Add(key);
        return mapping.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
    }
}
