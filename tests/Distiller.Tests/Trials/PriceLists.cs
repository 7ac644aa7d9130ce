using Distiller.Evaluation;

namespace Distiller.Tests.Trials;

internal static class PriceLists
{
    /// <summary>Two prices, one with a minimum and one that bills writes as input, and a machine at a dollar an hour.</summary>
    public const string Yaml = """
        primary: one/a
        prices:
          - provider: one
            model: a
            as-of: 2025-10-15
            source: a page
            usd-per-million-tokens: { input: 100, cache-read: 10, cache-write: 125, output: 500 }
            min-cacheable-tokens: 50
          - provider: two
            model: b
            as-of: 2025-04-14
            source: another page
            usd-per-million-tokens:
              input: 40
              cache-read: 10
              output: 160
        machines:
          - name: box
            as-of: 2025-10-15
            source: a page
            usd-per-hour: 1
        """;

    public static PriceTable Table
    {
        get
        {
            using var folder = new TemporaryFolder();
            return PriceFile.Read(Write(folder));
        }
    }

    public static string Write(TemporaryFolder folder, string? yaml = null)
    {
        File.WriteAllText(folder["my-prices.yaml"], yaml ?? Yaml);
        return folder["my-prices.yaml"];
    }
}
