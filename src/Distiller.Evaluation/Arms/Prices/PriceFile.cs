using System.Security.Cryptography;

namespace Distiller.Evaluation;

/// <summary>Reads <c>prices.yaml</c>. Whatever is wrong with it is told with its line.</summary>
public static class PriceFile
{
    internal const string Remedy = "Correct the price table; data/prices.yaml shows its form.";

    public static PriceTable Read(string path)
    {
        var file = new YamlFile(path, Remedy);
        var bytes = file.ReadBytes();
        var root = new PriceNode(path, file.Root(bytes, "one YAML document with 'primary', 'prices' and 'machines'"));
        var priceNodes = root.List("prices");
        IReadOnlyList<Price> prices = [.. priceNodes.Select(ReadPrice)];
        RefuseTwins(priceNodes, [.. prices.Select(p => p.Name)]);
        var machineNodes = root.List("machines");
        IReadOnlyList<MachinePrice> machines = [.. machineNodes.Select(ReadMachine)];
        RefuseTwins(machineNodes, [.. machines.Select(m => m.Name)]);
        var name = root.Text("primary");
        var primary =
            prices.FirstOrDefault(p => p.Name == name)
            ?? throw root.Bad("primary", $"There is no price '{name}' (provider/model).");
        root.RefuseOthers();
        return new PriceTable(Convert.ToHexStringLower(SHA256.HashData(bytes)), primary, prices, machines);
    }

    private static Price ReadPrice(PriceNode node)
    {
        var tokens = node.Mapping("usd-per-million-tokens");
        var input = tokens.Amount("input");
        var price = new Price
        {
            Provider = node.Text("provider"),
            Model = node.Text("model"),
            AsOf = node.Date("as-of"),
            Source = node.Text("source"),
            InputUsdPerMillion = input > 0 ? input : throw tokens.Bad("input", "Input must cost something."),
            CacheReadUsdPerMillion = tokens.Has("cache-read") ? tokens.Amount("cache-read") : null,
            CacheWriteUsdPerMillion = tokens.Has("cache-write") ? tokens.Amount("cache-write") : null,
            OutputUsdPerMillion = tokens.Amount("output"),
            MinCacheableTokens = node.Has("min-cacheable-tokens") ? node.Count("min-cacheable-tokens") : 0,
        };
        if (price.CacheReadUsdPerMillion > input)
        {
            throw tokens.Bad("cache-read", "A cache read cannot cost more than input.");
        }

        tokens.RefuseOthers();
        node.RefuseOthers();
        return price;
    }

    private static MachinePrice ReadMachine(PriceNode node)
    {
        var machine = new MachinePrice(
            node.Text("name"),
            node.Amount("usd-per-hour"),
            node.Date("as-of"),
            node.Text("source")
        );
        node.RefuseOthers();
        return machine;
    }

    private static void RefuseTwins(IReadOnlyList<PriceNode> nodes, IReadOnlyList<string> names)
    {
        for (var i = 1; i < names.Count; i++)
        {
            if (names.Take(i).Contains(names[i]))
            {
                throw nodes[i].Bad($"'{names[i]}' has a price already.");
            }
        }
    }
}
