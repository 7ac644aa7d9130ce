using Distiller.Jobs;
using Distiller.Jobs.Keeping;
using Distiller.Jobs.Stages;
using Distiller.Lake;
using Distiller.Tests.Mining;

namespace Distiller.Tests.Storing;

/// <summary>What is computed of the episodes of earlier days is kept, and stays as trustworthy as if it were computed anew.</summary>
internal sealed class a_new_day_costs_the_new_day
{
    [Test]
    public void only_new_parts_are_reduced_and_digested()
    {
        using var folder = new TemporaryFolder();
        using (var bench = new Bench(folder["home"], folder))
        {
            bench.Collect(Day(0));
            bench.Mine();
        }

        var first = Kept(folder["home"]);
        first.Count.ShouldBe(4, "a part of reduced episodes, one of outcomes, one of digests and one of vectors");
        using var again = new Bench(folder["home"], folder);
        again.Collect(Day(1));
        again.Mine();

        var second = Kept(folder["home"]);
        second.Count.ShouldBe(8);
        first.ShouldBeSubsetOf(second, "they were not written again");
    }

    /// <summary>Three nights, three days: the same artifacts as one night over all of them.</summary>
    [Test]
    public void the_artifacts_are_those_of_a_workspace_that_saw_all_days_at_once()
    {
        using var folder = new TemporaryFolder();
        using var nightly = new Bench(folder["nightly"], folder);
        using var once = new Bench(folder["once"], folder);
        for (var day = 0; day < 3; day++)
        {
            nightly.Collect(Day(day));
            nightly.Mine();
        }

        once.Collect([.. Enumerable.Range(0, 3).SelectMany(Day)]);

        var (a, b) = (nightly.Mine(), once.Mine());
        a.Key.ShouldBe(b.Key);
        a.Manifest.Files.ShouldBe(b.Manifest.Files);
        a.Manifest.Files.Count.ShouldBe(9);
    }

    [Test]
    public void a_longer_record_takes_the_place_of_a_kept_one()
    {
        using var folder = new TemporaryFolder();
        using var bench = new Bench(folder["home"], folder);
        bench.Collect(Day(0));
        bench.Mine();
        bench.Collect([Grown(Day(0)[0])]);

        var report = MineStage.ReadReport(bench.Mine());
        report.Episodes.ShouldBe(Day(0).Count);
        var ids = EpisodeFile.ReadIds(bench.Reduce().File(ReduceStage.EpisodesFile)).ToList();
        ids.ShouldContain(Grown(Day(0)[0]).Id);
        ids.ShouldNotContain(Day(0)[0].Id);
    }

    /// <summary>A disk that errs, a person who edits, a process killed while it wrote.</summary>
    [Test]
    public void a_damaged_or_unfinished_file_is_made_again()
    {
        using var folder = new TemporaryFolder();
        using (var bench = new Bench(folder["home"], folder))
        {
            bench.Collect(Day(0));
            bench.Mine();
        }

        var whole = Kept(folder["home"]).ToDictionary(f => f.Path, f => File.ReadAllBytes(f.Path));
        foreach (var (path, bytes) in whole)
        {
            File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
            File.WriteAllText(path + AtomicFile.UnfinishedSuffix, "half");
        }

        Directory.Delete(folder["home/artifacts"], recursive: true);
        using var again = new Bench(folder["home"], folder);
        again.Mine();
        Kept(folder["home"]).Select(f => f.Path).ShouldBe(whole.Keys, ignoreOrder: true);
        whole.ShouldAllBe(f => File.ReadAllBytes(f.Key).SequenceEqual(f.Value));
    }

    [Test]
    public void a_night_that_was_stopped_goes_on_at_the_next_part()
    {
        using var folder = new TemporaryFolder();
        using (var bench = new Bench(folder["home"], folder))
        {
            bench.Collect(Day(0));
            bench.Collect(Day(1));
            using var stop = new CancellationTokenSource();
            var reduced = 0;
            bench.Progress = () =>
            {
                if (++reduced > Day(0).Count)
                {
                    stop.Cancel();
                }
            };
            Should.Throw<OperationCanceledException>(() => bench.Reduce(stop.Token));
        }

        var first = Kept(folder["home"]).ShouldHaveSingleItem();
        using var again = new Bench(folder["home"], folder);
        again.Reduce();
        var both = Kept(folder["home"]);
        both.Count.ShouldBe(4, "two parts of reduced episodes and two of outcomes");
        both.ShouldContain(first);
    }

    [Test]
    public void of_discarded_episodes_nothing_is_kept()
    {
        using var folder = new TemporaryFolder();
        using var bench = new Bench(folder["home"], folder);
        bench.Collect(Day(0));
        bench.Collect(Day(1));
        bench.Mine();
        Kept(folder["home"]).Count.ShouldBe(8);

        bench.Workspace.Episodes.Discard(Day(0).Select(e => e.Id).ToHashSet(), DateTimeOffset.UnixEpoch);
        Kept(folder["home"]).Count.ShouldBe(4);
        bench.Workspace.Episodes.Discard(Day(1).Take(1).Select(e => e.Id).ToHashSet(), DateTimeOffset.UnixEpoch);
        Kept(folder["home"]).ShouldBeEmpty("the part was written again without one of its episodes");
        MineStage.ReadReport(bench.Mine()).Episodes.ShouldBe(Day(1).Count - 1);
    }

    [Test]
    public void what_no_night_uses_any_more_is_garbage()
    {
        using var folder = new TemporaryFolder();
        using var bench = new Bench(folder["home"], folder);
        bench.Collect(Day(0));
        bench.Mine();
        var old = Directory.CreateDirectory(folder["home/kept/reduced-0123456789abcdef"]);
        File.WriteAllText(Path.Combine(old.FullName, "x.parquet"), "x");
        old.LastWriteTimeUtc = DateTime.UtcNow.AddDays(-30);

        var report = GarbageCollection.Run(
            bench.Workspace,
            folder["registry"],
            new GarbageOptions { KeepNights = 7 },
            TimeProvider.System
        );

        report.Items.ShouldHaveSingleItem().Path.ShouldBe("kept/reduced-0123456789abcdef");
        Kept(folder["home"]).Count.ShouldBe(4);
    }

    private static List<(string Path, DateTime Written)> Kept(string home) =>
        [
            .. Directory
                .GetFiles(Path.Combine(home, "kept"), "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(f => (f, File.GetLastWriteTimeUtc(f))),
        ];

    private static List<Episode> Day(int day) =>
        [
            .. Enumerable
                .Range(0, 6)
                .Select(i =>
                    Logged.Episode(
                        $"task-{day}-{i}",
                        $"key-{day}-{i}",
                        i == 5 ? OutcomeKind.Failed : OutcomeKind.Succeeded,
                        $"request {(char)('a' + (day * 6) + i)} of the {i}th kind",
                        DateTimeOffset.UnixEpoch.AddDays(day),
                        Logged.Calls("look mend close")
                    )
                ),
        ];

    private static Episode Grown(Episode episode) =>
        EpisodeJson.Identify(
            episode with
            {
                Turns = [.. episode.Turns, new Turn(TurnRole.User, "thanks"), new Turn(TurnRole.Assistant, "welcome")],
            }
        );

    private sealed class Bench : IDisposable
    {
        private readonly Night _night;

        public Bench(string home, TemporaryFolder folder)
        {
            Workspace = Workspace.Open(home);
            _night = new Night(
                Workspace,
                new NightSettings { BasePath = new TinyBase { Context = 64 }.Write(folder["base.gguf"]), Threads = 1 },
                folder["registry"],
                TimeProvider.System,
                new Told(() => Progress?.Invoke())
            );
        }

        public Workspace Workspace { get; }

        public Action? Progress { get; set; }

        public void Collect(IReadOnlyList<Episode> episodes)
        {
            using var batch = Workspace.Episodes.BeginBatch();
            foreach (var episode in episodes)
            {
                batch.Append(episode).ShouldBe(AppendResult.Stored);
            }

            batch.Commit();
        }

        public Artifact Reduce(CancellationToken cancellation = default) => new ReduceStage(_night).Run(cancellation);

        public Artifact Mine() => new MineStage(_night).Run(Reduce());

        public void Dispose()
        {
            _night.Dispose();
            Workspace.Dispose();
        }

        private sealed class Told(Action tell) : IProgress<StageProgress>
        {
            public void Report(StageProgress value) => tell();
        }
    }
}
