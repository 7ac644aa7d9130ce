using Distiller.Jobs.Keeping;
using Distiller.Lake;
using Distiller.Registry;
using Distiller.Tests.Publishing;

namespace Distiller.Tests.Storing;

internal sealed class garbage_is_collected
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void old_nights_go_and_the_newest_stay_with_all_they_were_made_from()
    {
        using var bench = new Bench();
        var nights = Enumerable.Range(0, 4).Select(bench.Night).ToList();

        var plan = bench.Plan(new GarbageOptions { KeepNights = 2 });
        plan.Items.Count.ShouldBe(6, "three artifacts of each of two nights");
        plan.Bytes.ShouldBe(plan.Items.Sum(i => FolderSize.Bytes(Path.Combine(bench.Home, i.Path))));
        bench.Keys().Count.ShouldBe(12, "a plan deletes nothing");

        bench.Run(new GarbageOptions { KeepNights = 2 }).IsDone.ShouldBeTrue();
        bench.Keys().ShouldBe(nights[2].Concat(nights[3]), ignoreOrder: true);
        bench.Run(new GarbageOptions { KeepNights = 2 }).Items.ShouldBeEmpty();
    }

    [Test]
    public void what_a_release_was_made_from_stays_in_whatever_registry_it_lies()
    {
        using var bench = new Bench();
        var nights = Enumerable.Range(0, 3).Select(bench.Night).ToList();
        bench.Publish("elsewhere", nights[0][^1]);
        bench.Run(new GarbageOptions { KeepNights = 1 });
        bench.Keys().ShouldBe(nights[0].Concat(nights[2]), ignoreOrder: true);

        Directory.Move(bench.Path("elsewhere"), bench.Path("away"));
        bench.Night(7);
        var error = Should.Throw<BadInputException>(() => bench.Run(new GarbageOptions { KeepNights = 1 }));
        error.Message.ShouldContain("elsewhere");
        error.Place.Line.ShouldBe(1);
        bench.Keys().Count.ShouldBe(9, "where a registry cannot be read, nothing is deleted");
    }

    [Test]
    public void a_damaged_release_stops_the_collection()
    {
        using var bench = new Bench();
        var nights = Enumerable.Range(0, 2).Select(bench.Night).ToList();
        var release = bench.Publish("elsewhere", nights[0][^1]);
        File.WriteAllText(System.IO.Path.Combine(bench.Path("elsewhere"), release.Id, "release.json"), "{}");
        Should.Throw<BadInputException>(() => bench.Run(new GarbageOptions { KeepNights = 1 }));
        bench.Keys().Count.ShouldBe(6);
    }

    [Test]
    public void what_a_night_that_is_not_over_needs_stays_whatever_its_age()
    {
        using var bench = new Bench();
        var first = bench.Night(0);
        var second = bench.Night(1);
        bench.Night(2);
        // A paused training: its work is old, and the newest of nothing.
        var paused = bench.Begin("adapter", "paused", first[1]);
        var given = bench.Begin("adapter", "given up", second[1]);
        bench.Clock.AdjustTime(DateTimeOffset.UtcNow.AddDays(60));

        var report = bench.Run(new GarbageOptions { KeepNights = 1, Pinned = ["mined/" + first[1]] });
        report
            .Items.Where(i => i.Kind == "work")
            .Select(i => System.IO.Path.Combine(bench.Home, i.Path))
            .ShouldBe([given]);
        Directory.Exists(paused).ShouldBeTrue();
        bench.Keys().ShouldContain(first[0], "the pinned mining was made from it");
        bench.Keys().ShouldContain(first[1]);
        bench.Keys().ShouldNotContain(second[1]);
    }

    [Test]
    public void a_server_says_in_the_workspace_which_nights_are_not_over()
    {
        using var bench = new Bench();
        var nights = Enumerable.Range(0, 3).Select(bench.Night).ToList();
        var pins = new PinFile(bench.Home);
        pins.Write([("acme-20260601", "mined/" + nights[0][1]), ("acme-20260601", nights[1][0])]);
        bench.Run(new GarbageOptions { KeepNights = 1 });
        bench.Keys().ShouldBe([.. nights[0][..2], nights[1][0], .. nights[2]], ignoreOrder: true);

        pins.Write([]);
        bench.Run(new GarbageOptions { KeepNights = 1 });
        bench.Keys().ShouldBe(nights[2], ignoreOrder: true);
    }

    [Test]
    public void what_this_very_process_spills_is_left_to_it()
    {
        using var bench = new Bench();
        var nights = Enumerable.Range(0, 2).Select(bench.Night).ToList();
        Directory.CreateDirectory(bench.Home + "/.spill");
        bench.Run(new GarbageOptions { KeepNights = 1 }).Items.Count.ShouldBe(3);
        bench.Keys().ShouldBe(nights[1], ignoreOrder: true);
        Directory.Exists(bench.Home + "/.spill").ShouldBeTrue();
    }

    [Test]
    public void a_full_disk_can_be_tidied()
    {
        using var folder = new TemporaryFolder();
        using var disk = Sample.Disk(folder, 4);
        var home = System.IO.Path.Combine(disk.Path, "home");
        using (var workspace = Workspace.Open(home))
        {
            foreach (var name in new[] { "old", "new" })
            {
                var draft = workspace.Artifacts.Begin("mined", new ArtifactRecipe("mine", "1", new { name }, 0, ["s"]));
                File.WriteAllBytes(draft["file"], new byte[1 << 20]);
                draft.Commit();
            }
        }

        disk.Fill();
        using var full = Workspace.Open(home);
        GarbageCollection
            .Run(full, disk.Path + "/registry", new GarbageOptions { KeepNights = 1 }, TimeProvider.System)
            .Bytes.ShouldBeGreaterThan(1 << 20);
        File.WriteAllBytes(home + "/room", new byte[1 << 19]);
    }

    [Test]
    public void young_unfinished_work_stays_with_what_it_is_made_from()
    {
        using var bench = new Bench();
        var first = bench.Night(0);
        bench.Night(1);
        bench.Begin("adapter", "under way", first[1]);
        bench.Clock.AdjustTime(DateTimeOffset.UtcNow);
        bench.Run(new GarbageOptions { KeepNights = 1 });
        bench.Keys().ShouldContain(first[0]);
        bench.Keys().ShouldContain(first[1]);
        bench.Keys().ShouldNotContain(first[2], "its finished adapter is no input");
    }

    [Test]
    public void leftovers_of_killed_processes_go()
    {
        using var bench = new Bench();
        var night = bench.Night(0);
        Directory.CreateDirectory(bench.Path("home/artifacts/.work/adapter-0123.old"));
        File.WriteAllText(bench.Path("home/artifacts/.work/adapter-0123.old/file"), "replaced");
        File.WriteAllText(bench.Path("home/artifacts/.work/adapter-4567.json"), "{}");
        Directory.CreateDirectory(bench.Path("home/artifacts/.trash/1"));
        File.WriteAllText(bench.Path("home/artifacts/.trash/1/file"), "half deleted");
        bench.Run(new GarbageOptions()).Items.Count.ShouldBe(3);
        Directory.GetFiles(bench.Path("home/artifacts"), "*", SearchOption.AllDirectories).Length.ShouldBe(6);
        bench.Keys().ShouldBe(night, ignoreOrder: true);
    }

    [Test]
    public void the_store_deletes_nothing_outside_itself()
    {
        using var bench = new Bench();
        File.WriteAllText(bench.Path("home/mine"), "not an artifact");
        Should.Throw<ArgumentException>(() => bench.Delete(bench.Path("home/artifacts/../mine")));
        File.Exists(bench.Path("home/mine")).ShouldBeTrue();
    }

    /// <summary>A workspace with nights of three artifacts, each made from the one before.</summary>
    private sealed class Bench : IDisposable
    {
        private static readonly string[] Kinds = ["reduced", "mined", "adapter"];
        private readonly TemporaryFolder _folder = new();
        private readonly Workspace _workspace;

        public Bench()
        {
            Clock = new FakeTimeProvider(Start);
            _workspace = Workspace.Open(_folder["home"], Clock);
        }

        public FakeTimeProvider Clock { get; }

        public string Home => _workspace.Home;

        public string Path(string name) => _folder[name];

        public List<string> Night(int night)
        {
            var input = $"snapshot{night}";
            var keys = new List<string>();
            foreach (var kind in Kinds)
            {
                Clock.Advance(TimeSpan.FromHours(1));
                var draft = _workspace.Artifacts.Begin(kind, Recipe(kind, kind, input));
                File.WriteAllText(draft["file"], $"{kind} of {night}");
                input = draft.Commit().Key;
                keys.Add(input);
            }

            return keys;
        }

        public string Begin(string kind, string name, string input)
        {
            var draft = _workspace.Artifacts.Begin(kind, Recipe(kind, name, input));
            File.WriteAllText(draft["checkpoint"], "half");
            return draft.Folder;
        }

        public Release Publish(string registry, string key)
        {
            using var bench = new ReleaseBench();
            new KnownRegistries(Home).Add(Path(registry));
            return new ReleaseRegistry(Path(registry), Clock).Publish(
                bench.Draft() with
                {
                    Artifacts = [new StageArtifact("distill", key)],
                }
            );
        }

        public GarbageReport Plan(GarbageOptions options) =>
            GarbageCollection.Plan(_workspace, Path("registry"), options, Clock);

        public GarbageReport Run(GarbageOptions options) =>
            GarbageCollection.Run(_workspace, Path("registry"), options, Clock);

        public void Delete(string path) => _workspace.Artifacts.Delete(path);

        public List<string> Keys() =>
            [.. _workspace.Artifacts.Kinds().SelectMany(_workspace.Artifacts.List).Select(a => a.Key)];

        public void Dispose()
        {
            _workspace.Dispose();
            _folder.Dispose();
        }

        private static ArtifactRecipe Recipe(string kind, string name, string input) =>
            new(kind, "1", new { name }, 0, [input]);
    }
}
