using System.Globalization;
using Distiller.Core;
using YamlDotNet.RepresentationModel;

namespace Distiller.Evaluation;

/// <summary>A mapping of the price table. Each key must be asked for: one that nobody knows is a misspelt price.</summary>
internal sealed class PriceNode(string path, YamlMappingNode mapping)
{
    private const int CountMax = 1_000_000;

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public bool Has(string key) => Find(key) is not null;

    public string Text(string key) =>
        Need(key) is YamlScalarNode { Value: { Length: > 0 } text } ? text : throw Bad(key, "It must be a text.");

    /// <summary>US dollars: zero or more.</summary>
    public double Amount(string key) =>
        double.TryParse(
            Text(key),
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var amount
        )
        && amount >= 0
        && double.IsFinite(amount)
            ? amount
            : throw Bad(key, $"'{Text(key)}' is no amount of dollars.");

    public int Count(string key) =>
        int.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= CountMax
            ? count
            : throw Bad(key, $"'{Text(key)}' is no whole number from 0 to {CountMax}.");

    public DateOnly Date(string key) =>
        DateOnly.TryParseExact(Text(key), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw Bad(key, $"'{Text(key)}' is no date of the form 2025-12-31.");

    public PriceNode Mapping(string key) =>
        Need(key) is YamlMappingNode child
            ? new PriceNode(path, child)
            : throw Bad(key, "It must have keys of its own.");

    /// <summary>A list of mappings that is not empty.</summary>
    public IReadOnlyList<PriceNode> List(string key)
    {
        if (Need(key) is not YamlSequenceNode { Children.Count: > 0 } list)
        {
            throw Bad(key, "It must be a list with at least one entry.");
        }

        return
        [
            .. list.Children.Select(entry =>
                entry is YamlMappingNode child
                    ? new PriceNode(path, child)
                    : throw At(entry.Start.Line, $"An entry of '{key}' must have keys.")
            ),
        ];
    }

    public void RefuseOthers()
    {
        var other = mapping.Children.Keys.FirstOrDefault(k =>
            k is not YamlScalarNode { Value: { } key } || !_known.Contains(key)
        );
        if (other is not null)
        {
            throw At(other.Start.Line, $"'{other}' is not known here.");
        }
    }

    public BadInputException Bad(string key, string reason) =>
        At((Find(key) ?? mapping).Start.Line, $"'{key}': {reason}");

    public BadInputException Bad(string reason) => At(mapping.Start.Line, reason);

    private YamlNode Need(string key) => Find(key) ?? throw At(mapping.Start.Line, $"'{key}' is missing.");

    private YamlNode? Find(string key)
    {
        _known.Add(key);
        return mapping.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
    }

    private BadInputException At(long line, string reason) =>
        new(new SourceLocation(path, line), reason, PriceFile.Remedy);
}
