using Distiller.Jobs.Keeping;
using Distiller.Jobs.Stages;
using Distiller.Lake;
using Distiller.Logs;
using Distiller.Registry;
using Distiller.Scrubbing;
using Distiller.Tests.Publishing;
using LogFiles = Distiller.Tests.Collecting.Logs;

namespace Distiller.Tests.Storing;

internal sealed class a_workspace_is_scrubbed_again
{
    private const string Leak = "waldweg-77";

    [Test]
    public void what_leaks_is_replaced_and_the_same_logs_add_nothing()
    {
        using var folder = new TemporaryFolder();
        var logs = Write(folder);
        CollectLeaking(folder, logs);
        using var workspace = Workspace.Open(folder["home"]);
        var (episodes, key) = (workspace.Episodes.Count(), Key(workspace, "s1"));
        Everything(folder).Contains(Leak).ShouldBeTrue("the test is about something");

        var plan = Run(workspace, folder, isDry: true);
        (plan.EpisodesChanged, plan.QuarantinedChanged, plan.IsDone).ShouldBe((3, 1, false));
        Everything(folder).Contains(Leak).ShouldBeTrue("a plan changes nothing");

        var done = Run(workspace, folder);
        (done.EpisodesChanged, done.QuarantinedChanged, done.IsDone).ShouldBe((3, 1, true));
        done.Hidden["password"].ShouldBe(4);
        Everything(folder).ShouldNotContain(Leak);
        workspace.Episodes.Count().ShouldBeEquivalentTo(episodes);
        Key(workspace, "s1").ShouldBe(key);

        // By the rules that made it, and by those of now.
        foreach (var rules in new[] { Leaking(folder), ScrubRules.Default })
        {
            var again = LogFiles.Collect(workspace, new CollectOptions { Rules = rules }, logs);
            (again.Stored, again.Episodes, again.Turns).ShouldBe((0, 0, 0));
        }

        Everything(folder).ShouldNotContain(Leak);
        var snapshot = workspace.Episodes.SnapshotId();
        var twice = Run(workspace, folder);
        (twice.EpisodesChanged, twice.QuarantinedChanged).ShouldBe((0, 0));
        workspace.Episodes.SnapshotId().ShouldBe(snapshot);
    }

    [Test]
    public void placeholders_that_were_there_stay_and_new_ones_are_numbered_on()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        using (var batch = workspace.Episodes.BeginBatch())
        {
            var episode = Sample.Episode("old");
            var turn = episode.Turns[0] with { Text = $"password=[password-1] then password={Leak}" };
            batch.Append(episode with { Turns = [turn] });
            batch.Commit();
        }

        Run(workspace, folder);
        workspace.Episodes.Read().Single().Turns[0].Text.ShouldBe("password=[password-1] then password=[password-2]");
    }

    [Test]
    public void a_session_that_grew_is_read_as_one()
    {
        using var folder = new TemporaryFolder();
        var log = LogFiles.Write(folder, "s.jsonl", LogFiles.User("s1", "u1", $"export DB_PASS={Leak}"));
        CollectLeaking(folder, log);
        using var workspace = Workspace.Open(folder["home"]);
        Run(workspace, folder);
        File.AppendAllText(log, LogFiles.Assistant("s1", "u2", "m1", "done", 3) + "\n");

        LogFiles.Collect(workspace, log).Stored.ShouldBe(1);

        workspace.Episodes.Read().Single().Turns.Select(t => t.Text).ShouldBe(["export DB_PASS=[password-1]", "done"]);
    }

    [Test]
    public void what_was_made_from_leaking_text_goes_and_the_rest_stays()
    {
        using var folder = new TemporaryFolder();
        using var bench = new ReleaseBench();
        using var workspace = Workspace.Open(folder["home"]);
        Add(workspace, Sample.Episode("clean"));
        var clean = Night(workspace);
        var leaking = Sample.Episode("leaking");
        Add(workspace, leaking with { Turns = [leaking.Turns[0] with { Text = $"export DB_PASS={Leak}" }] });
        var bad = Night(workspace);
        var inside = new ReleaseRegistry(folder["home/adapters"], TimeProvider.System);
        var outside = new ReleaseRegistry(folder["elsewhere"], TimeProvider.System);
        var first = inside.Publish(bench.Draft("a") with { Artifacts = [new StageArtifact("adapter", clean[^1].Key)] });
        var second = inside.Publish(bench.Draft("b") with { Artifacts = [new StageArtifact("adapter", bad[^1].Key)] });
        var third = outside.Publish(bench.Draft("c") with { Artifacts = [new StageArtifact("adapter", bad[^1].Key)] });
        inside.Channels.Promote(first.Id, "me");
        inside.Channels.Promote(second.Id, "me");
        new KnownRegistries(workspace.Home).Add(outside.Folder);

        var report = Run(workspace, folder);

        report.Artifacts.ShouldBe(bad.Select(a => $"{a.Kind}/{a.Key}"), ignoreOrder: true);
        bad.ShouldAllBe(a => workspace.Artifacts.Find(a.Kind, a.Key) == null);
        clean.ShouldAllBe(a => workspace.Artifacts.Find(a.Kind, a.Key) != null);
        report.Releases.Select(r => r.Id).ShouldBe([second.Id, third.Id], ignoreOrder: true);
        inside.List().Select(r => r.Id).ShouldBe([first.Id]);
        inside.Channels.Find("stable")!.Release.ShouldBe(first.Id);
        outside.List().Select(r => r.Id).ShouldBe([third.Id], "what lies elsewhere is only named");
        report.Releases.Single(r => r.Id == third.Id).Remedy!.ShouldContain(outside.Folder);
    }

    [Test]
    public void a_superseded_record_that_becomes_the_current_one_is_held_once()
    {
        using var folder = new TemporaryFolder();
        var log = LogFiles.Write(folder, "own.jsonl", LogFiles.Own("k", $"DB_PASS={Leak}"));
        CollectLeaking(folder, log);
        using var workspace = Workspace.Open(folder["home"]);
        LogFiles.Collect(workspace, log).Stored.ShouldBe(1, "other rules make another episode of it");
        workspace.Episodes.Stamps().Count().ShouldBe(2);

        Run(workspace, folder).EpisodesChanged.ShouldBe(1);

        workspace.Episodes.Stamps().Count().ShouldBe(1);
        workspace.Episodes.Read().Single().Turns[0].Text.ShouldBe("DB_PASS=[password-1]");
    }

    [Test]
    public void a_run_that_is_left_before_its_commit_is_done_by_the_next()
    {
        using var folder = new TemporaryFolder();
        CollectLeaking(folder, Write(folder));
        string before;
        using (var workspace = Workspace.Open(folder["home"]))
        {
            before = workspace.Episodes.SnapshotId();
            var again = new ScrubAgain(ScrubRules.Default);
            var left = workspace.Episodes.BeginRewrite(again.Change, DateTimeOffset.UnixEpoch, write: true);
            left.Changed.Count.ShouldBe(3);
            workspace.Episodes.SnapshotId().ShouldBe(before);
        }

        using var next = Workspace.Open(folder["home"]);
        next.Episodes.SnapshotId().ShouldBe(before);
        Run(next, folder).EpisodesChanged.ShouldBe(3);
        Everything(folder).ShouldNotContain(Leak);
    }

    private static ScrubAgainReport Run(Workspace workspace, TemporaryFolder folder, bool isDry = false) =>
        ScrubAgainRun.Run(workspace, folder["home/adapters"], ScrubRules.Default, isDry, TimeProvider.System);

    private static string[] Write(TemporaryFolder folder) =>
        [
            LogFiles.Write(
                folder,
                "session.jsonl",
                LogFiles.User("s1", "u1", $"export DB_PASS={Leak}"),
                LogFiles.Assistant("s1", "u2", "m1", $"it is set to password: {Leak}", 3),
                "{\"broken\": \"DB_PASS=" + Leak
            ),
            LogFiles.Write(
                folder,
                "own.jsonl",
                LogFiles.Own("a", $"password={Leak}"),
                LogFiles.Own("b", $"PASSWORD={Leak}"),
                LogFiles.Own("c")
            ),
        ];

    private static void CollectLeaking(TemporaryFolder folder, params string[] logs)
    {
        using var workspace = Workspace.Open(folder["home"]);
        LogFiles.Collect(workspace, new CollectOptions { Rules = Leaking(folder) }, logs);
    }

    /// <summary>The shipped rules without the one for passwords.</summary>
    private static ScrubRules Leaking(TemporaryFolder folder)
    {
        File.WriteAllText(folder["leaking.yaml"], "without: [password]\n");
        return ScrubRules.With(folder["leaking.yaml"]);
    }

    private static string Key(Workspace workspace, string part) =>
        workspace.Episodes.Read().Select(e => e.Key).Single(k => k.Contains(part, StringComparison.Ordinal));

    private static void Add(Workspace workspace, Episode episode)
    {
        using var batch = workspace.Episodes.BeginBatch();
        batch.Append(episode).ShouldBe(AppendResult.Stored);
        batch.Commit();
    }

    private static List<Artifact> Night(Workspace workspace)
    {
        var draft = workspace.Artifacts.Begin(
            ArtifactKind.Reduced,
            new ArtifactRecipe("reduce", "1", new { }, 0, [workspace.Episodes.SnapshotId()])
        );
        EpisodeFile.Write(draft[ReduceStage.EpisodesFile], workspace.Episodes.Read());
        var made = new List<Artifact> { draft.Commit() };
        foreach (var kind in new[] { ArtifactKind.Mined, ArtifactKind.Adapter })
        {
            var next = workspace.Artifacts.Begin(kind, new ArtifactRecipe(kind, "1", new { }, 0, [made[^1].Key]));
            File.WriteAllText(next["file"], kind);
            made.Add(next.Commit());
        }

        return made;
    }

    /// <summary>All that is stored, as text.</summary>
    private static string Everything(TemporaryFolder folder)
    {
        using var workspace = Workspace.OpenReadOnly(folder["home"]);
        return string.Join(
            '\n',
            workspace
                .Episodes.Parts()
                .SelectMany(EpisodeFile.Read)
                .Select(e => EpisodeJson.TurnsToJson(e.Turns))
                .Concat(workspace.Quarantine.List().Select(q => q.Excerpt))
        );
    }
}
