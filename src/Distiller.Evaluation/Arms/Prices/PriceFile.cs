using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Distiller.Yaml;

namespace Distiller.Evaluation;

/// <summary>Reads <c>prices.yaml</c>. Whatever is wrong with it is told with its line.</summary>
public static class PriceFile
{
    private const int CacheableTokensMax = 1_000_000;
    private const string Remedy = "Correct the price table; data/prices.yaml shows its form.";

    public static PriceTable Read(string path)
    {
        var file = new YamlFile(path, Remedy);
        var bytes = file.ReadBytes();
        var root = file.Root(bytes, "one YAML document with 'primary', 'prices' and 'machines'");
        var priceNodes = root.Mappings("prices");
        var embedding = root.Has("embedding") ? ReadEmbedding(root.Mapping("embedding")) : (double?)null;
        IReadOnlyList<Price> prices =
        [
            .. priceNodes.Select(n => ReadPrice(n) with { EmbeddingUsdPerMillion = embedding }),
        ];
        RefuseTwins(priceNodes, [.. prices.Select(p => p.Name)]);
        var machineNodes = root.Mappings("machines");
        IReadOnlyList<MachinePrice> machines = [.. machineNodes.Select(ReadMachine)];
        RefuseTwins(machineNodes, [.. machines.Select(m => m.Name)]);
        var name = root.Text("primary");
        var primary =
            prices.FirstOrDefault(p => p.Name == name)
            ?? throw root.Bad("primary", $"There is no price '{name}' (provider/model).");
        root.RefuseOthers();
        return new PriceTable(Convert.ToHexStringLower(SHA256.HashData(bytes)), primary, prices, machines);
    }

    private static Price ReadPrice(YamlMapping node)
    {
        var tokens = node.Mapping("usd-per-million-tokens");
        var input = Amount(tokens, "input");
        var price = new Price
        {
            Provider = node.Text("provider"),
            Model = node.Text("model"),
            AsOf = Date(node, "as-of"),
            Source = node.Text("source"),
            InputUsdPerMillion = input > 0 ? input : throw tokens.Bad("input", "Input must cost something."),
            CacheReadUsdPerMillion = tokens.Has("cache-read") ? Amount(tokens, "cache-read") : null,
            CacheWriteUsdPerMillion = tokens.Has("cache-write") ? Amount(tokens, "cache-write") : null,
            OutputUsdPerMillion = Amount(tokens, "output"),
            MinCacheableTokens = node.Has("min-cacheable-tokens")
                ? (int)node.Whole("min-cacheable-tokens", 0, CacheableTokensMax)
                : 0,
        };
        if (price.CacheReadUsdPerMillion > input)
        {
            throw tokens.Bad("cache-read", "A cache read cannot cost more than input.");
        }

        tokens.RefuseOthers();
        node.RefuseOthers();
        return price;
    }

    private static double ReadEmbedding(YamlMapping node)
    {
        _ = (node.Text("provider"), node.Text("model"), Date(node, "as-of"), node.Text("source"));
        var usd = Amount(node, "usd-per-million-tokens");
        node.RefuseOthers();
        return usd;
    }

    private static MachinePrice ReadMachine(YamlMapping node)
    {
        var machine = new MachinePrice(
            node.Text("name"),
            Amount(node, "usd-per-hour"),
            Date(node, "as-of"),
            node.Text("source")
        );
        node.RefuseOthers();
        return machine;
    }

    /// <summary>US dollars: zero or more.</summary>
    private static double Amount(YamlMapping node, string key) =>
        node.Value<double>(
            key,
            text =>
                double.TryParse(
                    text,
                    NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var amount
                )
                && amount >= 0
                && double.IsFinite(amount)
                    ? amount
                    : null,
            "amount of dollars"
        );

    private static DateOnly Date(YamlMapping node, string key) =>
        node.Value<DateOnly>(
            key,
            text =>
                DateOnly.TryParseExact(
                    text,
                    "yyyy-MM-dd",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out var date
                )
                    ? date
                    : null,
            "date of the form 2025-12-31"
        );

    private static void RefuseTwins(IReadOnlyList<YamlMapping> nodes, IReadOnlyList<string> names)
    {
        for (var i = 1; i < names.Count; i++)
        {
            if (names.Take(i).Contains(names[i]))
            {
                throw nodes[i].Bad(nodes[i].Place, $"'{names[i]}' has a price already.");
            }
        }
    }
}

/// <summary>Dated prices, as <c>prices.yaml</c> holds them.</summary>
/// <param name="Sha256">Of the file, lower-case hexadecimal.</param>
/// <param name="Primary">The price whose figures stand in the headline; one of <paramref name="Prices"/>.</param>
public sealed record PriceTable(
    string Sha256,
    Price Primary,
    IReadOnlyList<Price> Prices,
    IReadOnlyList<MachinePrice> Machines
);

/// <summary>A provider's public list price for one model, in US dollars per million tokens.</summary>
public sealed record Price
{
    [JsonIgnore]
    public string Name => $"{Provider}/{Model}";

    public required string Provider { get; init; }

    public required string Model { get; init; }

    /// <summary>The day on which it was the list price.</summary>
    public required DateOnly AsOf { get; init; }

    public required string Source { get; init; }

    public required double InputUsdPerMillion { get; init; }

    /// <summary>Null: reads are billed as input.</summary>
    public double? CacheReadUsdPerMillion { get; init; }

    /// <summary>Null: writes are billed as input.</summary>
    public double? CacheWriteUsdPerMillion { get; init; }

    public required double OutputUsdPerMillion { get; init; }

    /// <summary>
    /// What an embedding model costs per million tokens that it reads: one price for the table; null where it has none.
    /// </summary>
    public double? EmbeddingUsdPerMillion { get; init; }

    /// <summary>A prefix shorter than this is neither kept nor found in the provider's cache.</summary>
    public int MinCacheableTokens { get; init; }
}

/// <summary>What an hour of a machine that trains costs.</summary>
public sealed record MachinePrice(string Name, double UsdPerHour, DateOnly AsOf, string Source);
