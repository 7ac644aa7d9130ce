using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Distiller.Lake;
using Row = Distiller.Tests.Storing.FormerWorkspace.Row;

namespace Distiller.Tests.Storing;

internal sealed class tables_keep_records
{
    private static readonly JsonSerializerOptions Options = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    [Test]
    public void every_type_comes_back_in_order()
    {
        using var folder = new TemporaryFolder();
        var path = folder["it's [a] *table*.parquet"];

        ParquetTable.Write(path, FormerWorkspace.Rows).ShouldBe(2500);

        Json(ParquetTable.Read<Row>(path)).ShouldBe(Json(FormerWorkspace.Rows));
    }

    [Test]
    public void DuckDB_reads_them_with_the_same_types()
    {
        using var folder = new TemporaryFolder();
        ParquetTable.Write(folder["new"], FormerWorkspace.Rows);
        ParquetFile.Write(folder["duck"], FormerWorkspace.Rows);

        Json(ParquetFile.Read<Row>(folder["new"])).ShouldBe(Json(FormerWorkspace.Rows));
        Types(folder["new"]).ShouldBe(Types(folder["duck"]));
        Types(folder["new"]).ShouldContain("strings VARCHAR[]");
    }

    [Test]
    public void many_rows_lie_in_several_groups_and_stream()
    {
        using var folder = new TemporaryFolder();
        var rows = Enumerable.Range(0, 200_000).Select(i => new Pair(i, "t" + (i % 1000)));
        ParquetTable.Write(folder["a"], rows).ShouldBe(200_000);
        ParquetTable.Write(folder["b"], rows);

        File.ReadAllBytes(folder["b"]).SequenceEqual(File.ReadAllBytes(folder["a"])).ShouldBeTrue();
        ParquetTable.Read<Pair>(folder["a"]).SequenceEqual(rows).ShouldBeTrue();
        ParquetTable.Read<Pair>(folder["a"]).First().Text.ShouldBe("t0");
        Directory.GetFileSystemEntries(folder.Path).Length.ShouldBe(2);
    }

    /// <summary>Where this fails after a package was raised, the version of every stage that writes a table must rise too.</summary>
    [Test]
    public void the_same_rows_give_the_same_bytes_in_every_process()
    {
        using var folder = new TemporaryFolder();
        ParquetTable.Write(folder["a"], FormerWorkspace.Rows);
        Convert
            .ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder["a"])))
            .ShouldBe("a4d1083acba2d9d2bb6efda55d103324098c3e4a2a5d214f59b6b2764dd3a5ab");
    }

    [Test]
    public void a_table_without_rows_is_a_table()
    {
        using var folder = new TemporaryFolder();
        ParquetTable.Write<Row>(folder["a"], []).ShouldBe(0);
        ParquetTable.Read<Row>(folder["a"]).ShouldBeEmpty();
        ParquetFile.Read<Row>(folder["a"]).ShouldBeEmpty();
    }

    [Test]
    public void a_broken_or_foreign_table_is_refused_with_its_name()
    {
        using var folder = new TemporaryFolder();
        ParquetTable.Write(folder["a"], [new Pair(1, "x")]);
        var bytes = File.ReadAllBytes(folder["a"]);
        File.WriteAllBytes(folder["cut"], bytes[..(bytes.Length / 2)]);
        File.WriteAllText(folder["text"], "PAR1 is not all");
        ParquetFile.Write(folder["null"], [new MaybePair(1, null)]);

        Refused<Pair>("cut").ShouldContain(folder["cut"]);
        Refused<Pair>("text").ShouldContain(folder["text"]);
        Refused<Pair>("absent").ShouldContain("does not exist");
        Refused<Other>("a").ShouldContain("missing_here");
        Refused<TextPair>("a").ShouldContain("'number' is not of the type VARCHAR");
        Refused<ListPair>("a").ShouldContain("'text' is not of the type VARCHAR[]");
        Refused<Pair>("null").ShouldContain("A value is missing in the column 'text'");
        ParquetTable.Read<MaybePair>(folder["null"]).Single().Text.ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => ParquetTable.Write(folder["b"], [new Pair(1, null!)]));

        string Refused<T>(string name) =>
            Should.Throw<BadInputException>(() => ParquetTable.Read<T>(folder[name]).ToList()).Message;
    }

    [Test]
    public void a_changed_byte_ends_in_rows_or_in_a_refusal()
    {
        using var folder = new TemporaryFolder();
        ParquetTable.Write(folder["a"], FormerWorkspace.Rows.Take(60));
        ParquetFile.Write(folder["b"], FormerWorkspace.Rows.Take(60));
        var random = new Random(12);
        var refused = 0;
        for (var i = 0; i < 300; i++)
        {
            var bytes = File.ReadAllBytes(folder[i % 2 == 0 ? "a" : "b"]);
            for (var change = 0; change <= i % 3; change++)
            {
                // Half of them in the footer, which tells the reader how much there is.
                var at =
                    random.Next(2) == 0 ? random.Next(bytes.Length) : random.Next(bytes.Length * 2 / 3, bytes.Length);
                bytes[at] = (byte)random.Next(256);
            }

            File.WriteAllBytes(folder["changed"], bytes);
            try
            {
                _ = ParquetTable.Read<Row>(folder["changed"]).Count();
            }
            catch (BadInputException e)
            {
                e.Place.File.ShouldBe(folder["changed"]);
                refused++;
            }
        }

        refused.ShouldBeGreaterThan(100);
    }

    [Test]
    public void a_footer_without_an_end_is_refused()
    {
        using var folder = new TemporaryFolder();
        ParquetTable.Write(folder["a"], [new Pair(1, "x")]);
        var bytes = File.ReadAllBytes(folder["a"]);
        // Before the footer's length and "PAR1": the zero that ends its structure. Parquet.Net goes on for ever.
        bytes[^9].ShouldBe((byte)0);
        bytes[^9] = 2;
        File.WriteAllBytes(folder["endless"], bytes);

        Should
            .Throw<BadInputException>(() => ParquetTable.Read<Pair>(folder["endless"]).ToList())
            .Place.File.ShouldBe(folder["endless"]);
    }

    [Test]
    public void a_writer_that_fails_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        static IEnumerable<Pair> Rows()
        {
            yield return new Pair(1, "x");
            throw new InvalidOperationException("half way");
        }

        Should
            .Throw<InvalidOperationException>(() => ParquetTable.Write(folder["a"], Rows()))
            .Message.ShouldBe("half way");
        Directory.GetFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Test]
    public void a_full_disk_is_told_clearly()
    {
        using var folder = new TemporaryFolder();
        using var disk = Sample.Disk(folder, 2);
        var path = Path.Combine(disk.Path, "big.parquet");
        var random = new Random(3);
        var rows = Enumerable.Range(0, 200_000).Select(i => new Pair(random.Next(), random.NextInt64().ToString("x")));

        var error = Should.Throw<BadInputException>(() => ParquetTable.Write(path, rows));

        error.Reason.ShouldStartWith("The disk is full");
        error.Place.File.ShouldBe(path);
        Directory.GetFileSystemEntries(disk.Path).ShouldBeEmpty();
    }

    private static List<string> Types(string path)
    {
        using var db = DuckDb.Open();
        return
        [
            .. db.Query<Said>(
                    $"SELECT column_name || ' ' || column_type AS text FROM (DESCRIBE FROM read_parquet({DuckDb.QuoteFiles([path])}))"
                )
                .Select(s => s.Text),
        ];
    }

    private static List<string> Json<T>(IEnumerable<T> rows) =>
        [.. rows.Select(r => JsonSerializer.Serialize(r, Options))];

    private sealed record Said(string Text);

    private sealed record Pair(int Number, string Text);

    private sealed record MaybePair(int Number, string? Text);

    private sealed record TextPair(string Number, string Text);

    private sealed record ListPair(int Number, string[] Text);

    private sealed record Other(string MissingHere);
}
