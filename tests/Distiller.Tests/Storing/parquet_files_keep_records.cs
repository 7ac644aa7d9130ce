using Distiller.Lake;

namespace Distiller.Tests.Storing;

internal sealed class parquet_files_keep_records
{
    private sealed record Everything(
        string Text,
        string? MaybeText,
        int Int,
        int? MaybeInt,
        long Long,
        float Float,
        double Double,
        double? MaybeDouble,
        bool Bool,
        DateTimeOffset? MaybeTime,
        int[] Ints,
        float[] Floats,
        bool[] Bools,
        string[] Strings
    )
    {
        public long? SetLater { get; init; }
    }

    private static Everything Row(int i) =>
        new(
            i % 7 == 0 ? "" : new string('x', i % 40) + " ' \" \0 é 🎉",
            i % 3 == 0 ? null : "some " + i,
            i * (i % 2 == 0 ? 1 : -1),
            i % 5 == 0 ? null : i,
            long.MaxValue - i,
            i / 3f,
            Math.PI * i,
            i % 4 == 0 ? null : double.MinValue / (i + 1),
            i % 2 == 0,
            i % 6 == 0 ? null : DateTimeOffset.UnixEpoch.AddMicroseconds(1_700_000_000_123_456 + i),
            [.. Enumerable.Range(0, i % 5)],
            [.. Enumerable.Range(0, i % 4).Select(k => k * 0.5f)],
            [.. Enumerable.Range(0, i % 3).Select(k => k == 1)],
            [.. Enumerable.Range(0, i % 6).Select(k => k == 0 ? "" : "a longer piece of text " + k)]
        )
        {
            SetLater = i % 2 == 0 ? null : -i,
        };

    [Test]
    public void every_type_comes_back_in_order()
    {
        using var folder = new TemporaryFolder();
        var path = folder["it's [a] *file*.parquet"];
        ParquetFile.Write(path, Enumerable.Range(0, 5000).Select(Row)).ShouldBe(5000);

        var back = ParquetFile.Read<Everything>(path).ToList();

        back.Count.ShouldBe(5000);
        for (var i = 0; i < back.Count; i++)
        {
            var (a, b) = (Row(i), back[i]);
            b.Ints.ShouldBe(a.Ints);
            b.Floats.ShouldBe(a.Floats);
            b.Bools.ShouldBe(a.Bools);
            b.Strings.ShouldBe(a.Strings);
            (b with { Ints = a.Ints, Floats = a.Floats, Bools = a.Bools, Strings = a.Strings }).ShouldBe(a);
        }
    }

    [Test]
    public void the_same_rows_give_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        ParquetFile.Write(folder["a"], Enumerable.Range(0, 300_000).Select(i => new Pair(i, "t" + (i % 1000))));
        ParquetFile.Write(folder["b"], Enumerable.Range(0, 300_000).Select(i => new Pair(i, "t" + (i % 1000))));
        ParquetFile.Write(folder["c"], Enumerable.Range(0, 300_000).Select(i => new Pair(i, "t" + (i % 999))));

        File.ReadAllBytes(folder["b"]).ShouldBe(File.ReadAllBytes(folder["a"]));
        File.ReadAllBytes(folder["c"]).ShouldNotBe(File.ReadAllBytes(folder["a"]));
        ParquetFile.Read<Pair>(folder["a"]).Select(p => p.Number).ShouldBe(Enumerable.Range(0, 300_000));
        Directory.GetFileSystemEntries(folder.Path).Length.ShouldBe(3);
    }

    [Test]
    public void a_file_without_rows_is_a_file()
    {
        using var folder = new TemporaryFolder();
        ParquetFile.Write<Pair>(folder["a"], []).ShouldBe(0);
        ParquetFile.Read<Pair>(folder["a"]).ShouldBeEmpty();
    }

    [Test]
    public void a_broken_file_is_refused_with_its_name()
    {
        using var folder = new TemporaryFolder();
        ParquetFile.Write(folder["a"], [new Pair(1, "x")]);
        var bytes = File.ReadAllBytes(folder["a"]);
        File.WriteAllBytes(folder["cut"], bytes[..(bytes.Length / 2)]);

        Should
            .Throw<BadInputException>(() => ParquetFile.Read<Pair>(folder["cut"]).ToList())
            .Message.ShouldContain(folder["cut"]);
        Should
            .Throw<BadInputException>(() => ParquetFile.Read<Other>(folder["a"]).ToList())
            .Message.ShouldContain("missing_here");
        Should
            .Throw<BadInputException>(() => ParquetFile.Read<Pair>(folder["absent"]).ToList())
            .Message.ShouldContain("does not exist");
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

        Should.Throw<InvalidOperationException>(() => ParquetFile.Write(folder["a"], Rows()));
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

        var error = Should.Throw<BadInputException>(() => ParquetFile.Write(path, rows));

        error.Reason.ShouldStartWith("The disk is full");
        error.Place.File.ShouldBe(path);
        Directory.GetFileSystemEntries(disk.Path).ShouldBeEmpty();
    }

    [Test]
    public void examples_keep_their_tokens_and_masks()
    {
        using var folder = new TemporaryFolder();
        var examples = Enumerable
            .Range(0, 100)
            .Select(i => new TrainingExample(
                [.. Enumerable.Range(0, i)],
                [.. Enumerable.Range(0, i).Select(t => t % 2 == 1)],
                i / 7f,
                new EpisodeId("e" + i),
                i
            ))
            .ToList();

        ExampleFile.Write(folder["x"], examples).ShouldBe(100);
        var back = ExampleFile.Read(folder["x"]).ToList();

        back.Select(e => (e.Weight, e.EpisodeId, e.Window))
            .ShouldBe(examples.Select(e => (e.Weight, e.EpisodeId, e.Window)));
        back.SelectMany(e => e.Tokens).ShouldBe(examples.SelectMany(e => e.Tokens));
        back.SelectMany(e => e.LossMask).ShouldBe(examples.SelectMany(e => e.LossMask));
    }

    private sealed record Pair(int Number, string Text);

    private sealed record Other(string MissingHere);
}
