using Distiller.Lake;
using Distiller.Lake.Catalog;

namespace Distiller.Tests.Storing;

internal sealed class people_look_through_episodes
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void the_catalog_agrees_with_the_store()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        Add(workspace, Session("s1", ("x", 10), ("y", 3)), Sample.Episode("a", turns: 2), Sample.Episode("b"));
        Add(workspace, Session("s2", ("x", 50), ("z", 4)), Sample.Episode("a", turns: 6), Other("c", 5));
        using var catalog = new EpisodeCatalog(folder["home"]);

        var counts = workspace.Episodes.Count();
        counts.Usage.Output.ShouldBe(57 + 5 + 5 + 5, "a request that two sessions tell of is counted once");
        Same(catalog.Count(), counts);
        var entries = catalog.List().Episodes;
        foreach (var episode in workspace.Episodes.Read())
        {
            var entry = entries.Single(e => e.Id == episode.Id);
            entry.Usage.ShouldBe(episode.Usage);
            entry.Requests.ShouldBe(episode.Requests.Count);
            entry.Turns.ShouldBe(episode.Turns.Count);
            entry.Outcome.ShouldBe(episode.Outcome);
            entry.StartedAt.ShouldBe(episode.StartedAt);
            var read = catalog.Read(episode.Id.Value)!.Episode;
            EpisodeJson.TurnsToJson(read.Turns).ShouldBe(EpisodeJson.TurnsToJson(episode.Turns));
            EpisodeJson.RequestsToJson(read.Requests).ShouldBe(EpisodeJson.RequestsToJson(episode.Requests));
        }

        entries.Count.ShouldBe(5);
        catalog.Days().Sum(d => d.Usage.Output).ShouldBe(counts.Usage.Output);
        catalog.State().Episodes.ShouldBe(5);
        catalog.State().Bytes.ShouldBePositive();
    }

    [Test]
    public void pages_are_in_order_and_miss_nothing()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        Add(workspace, [.. Enumerable.Range(0, 95).Select(i => At($"k{i}", Noon.AddMinutes(i * 7 % 95)))]);
        using var catalog = new EpisodeCatalog(folder["home"]);

        foreach (var filter in (EpisodeFilter[])[EpisodeFilter.All, new(Text: "K"), new(Tenant: "t")])
        {
            var pages = Enumerable.Range(0, 11).Select(p => catalog.List(filter, 10, p * 10)).ToList();
            pages.ShouldAllBe(p => p.Total == 95);
            pages.Select(p => p.Episodes.Count).ShouldBe([10, 10, 10, 10, 10, 10, 10, 10, 10, 5, 0]);
            var all = pages.SelectMany(p => p.Episodes).ToList();
            all.Select(e => e.Id).Distinct().Count().ShouldBe(95);
            all.Select(e => e.StartedAt!.Value).ShouldBeInOrder(SortDirection.Descending);
        }
    }

    [Test]
    public void filters_narrow_the_list()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        Add(
            workspace,
            At("Refund of ÄRGER", Noon),
            At("refund/2", Noon.AddDays(1)) with
            {
                Outcome = new Outcome(OutcomeKind.Failed, "test"),
                Tenant = "other",
            },
            At("100%_sure 'x'", Noon.AddDays(2)) with
            {
                Agent = "Robot",
                Format = "tau-bench",
            },
            At("no time", Noon) with
            {
                StartedAt = null,
                Model = null,
            }
        );
        using var catalog = new EpisodeCatalog(folder["home"]);

        Keys(new(Text: "REFUND")).ShouldBe(["refund/2", "Refund of ÄRGER"]);
        Keys(new(Text: "ärger refund")).ShouldBe(["Refund of ÄRGER"]);
        Keys(new(Text: "robot")).ShouldBe(["100%_sure 'x'"]);
        Keys(new(Text: "100%_sure 'X'")).ShouldBe(["100%_sure 'x'"]);
        Keys(new(Text: "' OR 1=1 --")).ShouldBeEmpty();
        Keys(new(Text: "a\0b")).ShouldBeEmpty();
        Keys(new(Text: "\ud800 " + new string('z', 5000))).ShouldBeEmpty();
        Keys(new(Outcome: OutcomeKind.Failed)).ShouldBe(["refund/2"]);
        Keys(new(Format: "tau-bench")).ShouldBe(["100%_sure 'x'"]);
        Keys(new(Tenant: "other", Text: "refund")).ShouldBe(["refund/2"]);
        Keys(new(From: Noon.AddDays(1))).ShouldBe(["100%_sure 'x'", "refund/2"]);
        Keys(new(From: Noon, To: Noon.AddDays(1))).ShouldBe(["Refund of ÄRGER"]);
        Keys(EpisodeFilter.All)[^1].ShouldBe("no time");
        catalog.Count(new(Text: "refund")).Failed.ShouldBe(1);
        catalog
            .Days()
            .Select(d => (d.Day, d.Episodes))
            .ShouldBe([
                (new DateOnly(2026, 3, 1), 1),
                (new DateOnly(2026, 3, 2), 1),
                (new DateOnly(2026, 3, 3), 1),
                (null, 1),
            ]);
        catalog.Choices().Tenants.ShouldBe(["other", "t"]);
        catalog.Choices().Formats.ShouldBe(["episode", "tau-bench"]);

        List<string> Keys(EpisodeFilter filter) => [.. catalog.List(filter).Episodes.Select(e => e.Key)];
    }

    [Test]
    public async Task what_is_collected_later_comes_in_and_the_former_state_answers_meanwhile()
    {
        using var folder = new TemporaryFolder();
        using var catalog = new EpisodeCatalog(folder["home"]);
        catalog.List().Total.ShouldBe(0, "an empty workspace has an empty catalog");
        catalog.Find("abcdef012345").ShouldBeNull();
        using var workspace = Workspace.Open(folder["home"]);
        Add(workspace, Sample.Episode("a"));
        await catalog.RefreshAsync();
        catalog.List().Total.ShouldBe(1);

        Add(workspace, Sample.Episode("b"));
        catalog.List().Total.ShouldBeInRange(1, 2);
        await catalog.RefreshAsync();
        catalog.List().Total.ShouldBe(2);
        var id = catalog.List().Episodes[0].Id.Value;
        catalog.Find(id[..8])!.Id.Value.ShouldBe(id);
        catalog.Find(id[..5]).ShouldBeNull("too short to mean one");
        catalog.Read(new string('0', 64)).ShouldBeNull();
    }

    [Test]
    public async Task many_readers_ask_while_a_writer_adds_and_discards()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        Add(workspace, Sample.Episode("stays"));
        using var catalog = new EpisodeCatalog(folder["home"]);
        using var done = new CancellationTokenSource();
        var readers = Enumerable
            .Range(0, 2)
            .Select(_ =>
                Task.Run(() =>
                {
                    while (!done.IsCancellationRequested)
                    {
                        var entry = catalog.List().Episodes.Single(e => e.Key == "stays");
                        // A longer record may have taken its place meanwhile; another episode may not.
                        (catalog.Read(entry.Id.Value)?.Episode.Key ?? "stays").ShouldBe("stays");
                        catalog.Count().Episodes.ShouldBeGreaterThan(0);
                        Thread.Sleep(10);
                    }
                })
            )
            .ToList();
        for (var i = 0; i < 3; i++)
        {
            Add(workspace, Sample.Episode("goes" + i), Sample.Episode("stays", turns: 3 + i));
            var old = workspace.Episodes.Stamps().Where(s => !s.IsCurrent).Select(s => s.Id).ToHashSet();
            workspace.Episodes.Discard(old, Noon);
            await catalog.RefreshAsync();
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
        catalog.Read(catalog.List().Episodes.Single(e => e.Key == "stays").Id.Value)!.Episode.Turns.Count.ShouldBe(5);
    }

    [Test]
    public async Task whoever_asks_before_the_first_count_is_done_need_not_wait_for_it()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        Add(workspace, Sample.Episode("a"), Sample.Episode("b"));
        using var catalog = new EpisodeCatalog(folder["home"]);

        (await catalog.ReadyAsync(TimeSpan.Zero)).ShouldBeFalse("the build has just begun");
        (await catalog.ReadyAsync(TimeSpan.FromMinutes(1))).ShouldBeTrue();
        (await catalog.ReadyAsync(TimeSpan.Zero)).ShouldBeTrue("it is built");
        catalog.State().Episodes.ShouldBe(2);
    }

    [Test]
    public async Task a_first_count_that_fails_is_told_to_whoever_asks_again()
    {
        using var folder = new TemporaryFolder();
        using (var workspace = Workspace.Open(folder["home"]))
        {
            Add(workspace, Sample.Episode("a"));
        }

        File.WriteAllText(Directory.GetFiles(Path.Combine(folder["home"], "episodes", "parts"))[0], "no parquet");
        using var catalog = new EpisodeCatalog(folder["home"]);
        await Should.ThrowAsync<BadInputException>(() => catalog.ReadyAsync(TimeSpan.FromMinutes(1)));
        // Not a new build each time, of which nobody would hear the end.
        await Should.ThrowAsync<BadInputException>(() => catalog.ReadyAsync(TimeSpan.Zero));
    }

    [Test]
    public void a_damaged_part_is_told_with_its_place()
    {
        using var folder = new TemporaryFolder();
        using (var workspace = Workspace.Open(folder["home"]))
        {
            Add(workspace, Sample.Episode("a"));
        }

        File.WriteAllText(Directory.GetFiles(folder["home/episodes/parts"]).Single(), "no parquet");
        using var catalog = new EpisodeCatalog(folder["home"]);
        Should.Throw<BadInputException>(() => catalog.List()).Message.ShouldContain("episodes");
    }

    private static Episode At(string key, DateTimeOffset time) => Sample.Episode(key) with { StartedAt = time };

    private static Episode Other(string key, long output) =>
        Sample.Episode(key, format: "tau-bench") with
        {
            Requests = [],
            UnattributedUsage = new Usage(1, 1, 1, output),
            Outcome = Outcome.Unknown,
        };

    /// <summary>Whose episodes are appended with source records, and so may contain the same requests.</summary>
    private const string Sessions = "sessions";

    private static Episode Session(string key, params (string Id, long Output)[] requests) =>
        Sample.Episode(key, format: Sessions) with
        {
            Requests = [.. requests.Select(r => new ModelRequest(r.Id, new Usage(5, 1, 1, r.Output), "m"))],
            UnattributedUsage = default,
        };

    private static void Same(EpisodeCounts one, EpisodeCounts other)
    {
        (one with { Formats = EpisodeCounts.Zero.Formats }).ShouldBe(
            other with
            {
                Formats = EpisodeCounts.Zero.Formats,
            }
        );
        one.Formats.Keys.ShouldBe(other.Formats.Keys);
        foreach (var format in one.Formats.Keys)
        {
            one.Formats[format].ShouldBe(other.Formats[format]);
        }
    }

    private static void Add(Workspace workspace, params Episode[] episodes)
    {
        using var batch = workspace.Episodes.BeginBatch();
        foreach (var episode in episodes)
        {
            batch.Append(episode, episode.Format == Sessions ? new EpisodeSource("log", "", Records: [7]) : null);
        }

        batch.Commit();
    }
}
