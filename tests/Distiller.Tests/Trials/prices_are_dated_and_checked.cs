using System.Security.Cryptography;
using System.Text;
using Distiller.Evaluation;

namespace Distiller.Tests.Trials;

public sealed class prices_are_dated_and_checked
{
    [Test]
    public void a_table_is_read_with_its_dates_and_its_hash()
    {
        var table = PriceLists.Table;

        table.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(PriceLists.Yaml))));
        table.Primary.ShouldBe(table.Prices[0]);
        table.Prices.Select(p => p.Name).ShouldBe(["one/a", "two/b"]);
        table.Prices[0].MinCacheableTokens.ShouldBe(50);
        table.Prices[1].AsOf.ShouldBe(new DateOnly(2025, 4, 14));
        table.Prices[1].CacheReadUsdPerMillion.ShouldBe(10);
        table.Prices[1].CacheWriteUsdPerMillion.ShouldBeNull();
        table.Prices[1].MinCacheableTokens.ShouldBe(0);
        table.Machines.ShouldHaveSingleItem().UsdPerHour.ShouldBe(1);
    }

    [Test]
    public void the_table_that_is_shipped_holds_several_providers_with_dates_and_sources()
    {
        var table = PriceFile.Read(Path.Combine(Repository.Root, "data", "prices.yaml"));

        table.Prices.Select(p => p.Provider).Distinct().Count().ShouldBeGreaterThanOrEqualTo(3);
        table.Prices.ShouldAllBe(p => p.Source.StartsWith("https://") && p.AsOf.Year >= 2025);
        // Reads are what caching is for: a slip of a digit would show here.
        table.Prices.ShouldAllBe(p => p.CacheReadUsdPerMillion <= 0.25 * p.InputUsdPerMillion + 1e-9);
        table.Prices.ShouldAllBe(p => p.OutputUsdPerMillion > p.InputUsdPerMillion);
        table.Machines.ShouldNotBeEmpty();
    }

    [TestCase("output: 160", "output: much", 16, "'output': 'much'")]
    [TestCase("output: 160", "output: -1", 16, "'output': '-1'")]
    [TestCase("output: 160", "output: NaN", 16, "'output': 'NaN'")]
    [TestCase("      output: 160\n", "", 14, "'output' is missing")]
    [TestCase("input: 40", "input: 0", 14, "must cost something")]
    [TestCase("cache-read: 10\n", "cache-read: 41\n", 15, "cannot cost more than input")]
    [TestCase("cache-read: 10\n", "cache-reads: 10\n", 15, "'cache-reads' is not known")]
    [TestCase("as-of: 2025-04-14", "as-of: 14.4.2025", 11, "no date")]
    [TestCase("model: b", "model: [b]", 10, "must be a text")]
    [TestCase("provider: two\n    model: b", "provider: one\n    model: a", 9, "'one/a' has a price already")]
    [TestCase("primary: one/a", "primary: one/c", 1, "There is no price 'one/c'")]
    [TestCase("min-cacheable-tokens: 50", "min-cacheable-tokens: 5.5", 8, "no whole number")]
    [TestCase("usd-per-hour: 1", "usd-per-hour: 1e9999", 21, "no amount")]
    [TestCase("primary: one/a", "primary: one/a\nprimary: two/b", 2, "no YAML")]
    [TestCase("primary: one/a", "primary: one/a\nsecondary: two/b", 2, "'secondary' is not known")]
    [TestCase("primary: one/a", "primary: {", 0, "no YAML")]
    public void a_mistake_is_named_with_its_line(string from, string to, int line, string reason)
    {
        using var folder = new TemporaryFolder();
        var yaml = PriceLists.Yaml.Replace(from, to, StringComparison.Ordinal);
        yaml.ShouldNotBe(PriceLists.Yaml);
        var path = PriceLists.Write(folder, yaml);

        var error = Should.Throw<BadInputException>(() => PriceFile.Read(path));

        error.Place.File.ShouldBe(path);
        error.Reason.ShouldContain(reason);
        error.Place.Line.ShouldBe(line, error.Message);
    }

    [Test]
    public void a_misspelt_key_is_named_with_its_column_and_the_one_that_was_meant()
    {
        using var folder = new TemporaryFolder();
        var yaml = PriceLists.Yaml.Replace("cache-read: 10\n", "cache-reads: 10\n", StringComparison.Ordinal);

        var error = Should.Throw<BadInputException>(() => PriceFile.Read(PriceLists.Write(folder, yaml)));

        error.Place.Column.ShouldBe(7);
        error.Remedy.ShouldBe("Did you mean 'cache-read'?");
    }

    [TestCase("")]
    [TestCase("- 1")]
    [TestCase("primary: one/a\nprices: []\nmachines: []")]
    [TestCase("a: &a [1]\nb: [*a, *missing]")]
    public void what_is_no_table_is_refused(string yaml)
    {
        using var folder = new TemporaryFolder();
        var path = PriceLists.Write(folder, yaml);

        Should.Throw<BadInputException>(() => PriceFile.Read(path)).Place.File.ShouldBe(path);
    }

    [Test]
    public void nesting_without_end_is_refused_and_not_followed()
    {
        using var folder = new TemporaryFolder();
        var path = PriceLists.Write(folder, "prices: " + new string('[', 200_000));

        Should.Throw<BadInputException>(() => PriceFile.Read(path)).Reason.ShouldContain("levels deep");
    }

    [Test]
    public void a_file_that_is_missing_is_named()
    {
        using var folder = new TemporaryFolder();

        Should
            .Throw<BadInputException>(() => PriceFile.Read(folder["none.yaml"]))
            .Message.ShouldContain(folder["none.yaml"]);
    }
}
