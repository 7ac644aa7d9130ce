using System.Security.Cryptography;
using Distiller.Core;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Distiller.Evaluation;

/// <summary>Reads <c>prices.yaml</c>. Whatever is wrong with it is told with its line.</summary>
public static class PriceFile
{
    private const int BytesMax = 1 << 20;
    private const int DepthMax = 16;

    public static PriceTable Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > BytesMax)
        {
            throw Bad(path, 0, file.Exists ? $"It has {file.Length} bytes." : "The file does not exist.");
        }

        return Parse(path, File.ReadAllBytes(path));
    }

    private static PriceTable Parse(string path, byte[] bytes)
    {
        var root = new PriceNode(path, Root(path, bytes));
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

    private static YamlMappingNode Root(string path, byte[] bytes)
    {
        try
        {
            RefuseDepth(path, bytes);
            var yaml = new YamlStream();
            yaml.Load(Reader(bytes));
            return yaml.Documents is [{ RootNode: YamlMappingNode root }]
                ? root
                : throw Bad(path, 1, "It is not one YAML document with 'primary', 'prices' and 'machines'.");
        }
        // The parser has both for a text that is no YAML; only one knows where.
        catch (Exception e) when (e is YamlException or InvalidOperationException)
        {
            throw Bad(path, (e as YamlException)?.Start.Line ?? 0, $"It is no YAML: {e.Message}", e);
        }
    }

    /// <summary>Nodes are built by recursion; events are not.</summary>
    private static void RefuseDepth(string path, byte[] bytes)
    {
        var parser = new Parser(Reader(bytes));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > DepthMax)
            {
                throw Bad(path, parser.Current.Start.Line, $"It is nested more than {DepthMax} levels deep.");
            }
        }
    }

    private static StreamReader Reader(byte[] bytes) => new(new MemoryStream(bytes, writable: false));

    private static BadInputException Bad(string path, long line, string reason, Exception? inner = null) =>
        new(new SourceLocation(path, line), reason, "Correct the price table; data/prices.yaml shows its form.", inner);
}
