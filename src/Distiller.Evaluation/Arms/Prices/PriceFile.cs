using System.Globalization;
using System.Security.Cryptography;
using Distiller.Evaluation.Yaml;

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
        IReadOnlyList<Price> prices = [.. priceNodes.Select(ReadPrice)];
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
