using Distiller.Jobs.Keeping;
using Distiller.Jobs.Stages;
using Distiller.Lake;

namespace Distiller.Tests.Storing;

internal sealed class raw_episodes_are_discarded
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void only_what_is_old_and_was_distilled_goes()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Open(folder);
        Add(workspace, At("old", 100), At("young", 5), At("timeless", null));
        Distil(workspace);
        Add(workspace, At("never distilled", 100), At("no time either", null));

        var plan = Retention.Plan(workspace, 30, Clock());
        (plan.Discarded, plan.NotDistilled, plan.Young, plan.BytesAfter).ShouldBe((1, 1, 3, null));
        workspace.Episodes.Count().Episodes.ShouldBe(5, "a plan changes nothing");

        var done = Retention.Run(workspace, 30, Clock());
        done.Discarded.ShouldBe(1);
        Keys(workspace).ShouldBe(["never distilled", "no time either", "timeless", "young"]);
        workspace.Episodes.Bytes().ShouldBe(done.BytesAfter!.Value);

        // The age of what tells no time counts from the first input it stands in.
        Retention.Run(workspace, 30, Clock(days: 40)).Discarded.ShouldBe(2);
        Keys(workspace).ShouldBe(["never distilled", "no time either"]);
    }

    [Test]
    public void nothing_was_distilled_before_an_adapter_is_finished()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Open(folder);
        Add(workspace, At("old", 100));
        var mined = Mine(workspace);
        Retention.Run(workspace, 30, Clock()).Discarded.ShouldBe(0);
        Finish(workspace, ArtifactKind.Adapter, mined.Key);
        Retention.Run(workspace, 30, Clock()).Discarded.ShouldBe(1);
    }

    [Test]
    public void the_same_log_again_adds_nothing_and_a_longer_one_is_new()
    {
        using var folder = new TemporaryFolder();
        var old = At("session", 100);
        using (var workspace = Open(folder))
        {
            Add(workspace, At("session", 100, turns: 1), At("other", 5)).ShouldAllBe(r => r == AppendResult.Stored);
            Add(workspace, old).ShouldBe([AppendResult.Stored]);
            Distil(workspace);
            var report = Retention.Run(workspace, 30, Clock());
            (report.Discarded, report.Superseded).ShouldBe((1, 1));
        }

        using var again = Open(folder);
        Add(again, old, At("session", 100, turns: 1)).ShouldAllBe(r => r == AppendResult.Duplicate);
        Keys(again).ShouldBe(["other"]);
        Add(again, At("session", 100, turns: 7)).ShouldBe([AppendResult.Stored]);
        again.Episodes.Read().Single(e => e.Key == "session").Turns.Count.ShouldBe(7);
        Add(again, old).ShouldBe([AppendResult.Duplicate]);
        again.Episodes.Unknown([old.Id, new EpisodeId(new string('a', 64))]).Count.ShouldBe(1);
    }

    [Test]
    public void lineage_can_still_be_checked_and_no_word_is_left()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Open(folder);
        Add(workspace, At("a secret word", 100), At("b", 90));
        var snapshot = workspace.Episodes.SnapshotId();
        var reduced = Distil(workspace);
        Retention.Run(workspace, 30, Clock());

        var ids = EpisodeFile.ReadIds(reduced.File(ReduceStage.EpisodesFile)).ToList();
        workspace.Episodes.Unknown(ids).ShouldBeEmpty();
        var hashed = System.Text.Encoding.ASCII.GetBytes(string.Concat(ids.Select(i => i + "\n")));
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(hashed)).ShouldBe(snapshot);
        workspace.Episodes.Read().ShouldBeEmpty();
        var left = Directory.GetFiles(folder["home/episodes"], "*", SearchOption.AllDirectories);
        left.Length.ShouldBe(2, "one part of hashes and one commit");
        left.ShouldAllBe(f => !File.ReadAllText(f).Contains("secret word"));
    }

    [Test]
    public void a_process_killed_at_any_moment_leaves_the_state_before_or_after()
    {
        using var folder = new TemporaryFolder();
        string[] before;
        using (var workspace = Open(folder))
        {
            Add(workspace, At("old", 100), At("young", 5));
            Distil(workspace);
            before = Keys(workspace);
        }

        Copy(folder["home"], folder["kept"]);
        using (var workspace = Open(folder))
        {
            Retention.Run(workspace, 30, Clock());
        }

        // Killed after the new parts were written and before their commit.
        Copy(folder["kept"], folder["early"]);
        Copy(folder["home/episodes/parts"], folder["early/episodes/parts"]);
        using (var early = Workspace.Open(folder["early"]))
        {
            Keys(early).ShouldBe(before);
            Directory.GetFiles(folder["early/episodes/parts"]).Length.ShouldBe(1);
        }

        // Killed after the commit and before the old parts and commits were deleted.
        Copy(folder["kept"], folder["late"]);
        Copy(folder["home"], folder["late"]);
        using (var reader = Workspace.OpenReadOnly(folder["late"]))
        {
            Keys(reader).ShouldBe(["young"]);
        }

        using var late = Workspace.Open(folder["late"]);
        Keys(late).ShouldBe(["young"]);
        Names(folder["late/episodes"]).ShouldBe(Names(folder["home/episodes"]));
        Add(late, At("old", 100)).ShouldBe([AppendResult.Duplicate]);
    }

    [Test]
    public void a_full_disk_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        using var disk = Sample.Disk(folder, 8);
        using var workspace = Workspace.Open(Path.Combine(disk.Path, "home"), Clock());
        Add(workspace, At("old", 100), At("young", 5));
        Distil(workspace);
        disk.Fill();
        Should
            .Throw<BadInputException>(() => Retention.Run(workspace, 30, Clock()))
            .Message.ShouldContain("disk is full");
        Keys(workspace).ShouldBe(["old", "young"]);
        disk.MakeRoom();
        Retention.Run(workspace, 30, Clock()).Discarded.ShouldBe(1);
    }

    private static Workspace Open(TemporaryFolder folder) => Workspace.Open(folder["home"], Clock());

    private static TimeProvider Clock(int days = 0) => new FakeTimeProvider(Now.AddDays(days));

    private static Episode At(string key, int? daysAgo, int turns = 2) =>
        EpisodeJson.Identify(
            Sample.Episode(key, turns) with
            {
                StartedAt = daysAgo is { } d ? Now.AddDays(-d) : null,
                Events = new SortedDictionary<string, int>(StringComparer.Ordinal) { ["a"] = 2, ["z"] = 1 },
            }
        );

    private static Artifact Distil(Workspace workspace)
    {
        var mined = Mine(workspace);
        Finish(workspace, ArtifactKind.Adapter, mined.Key);
        return workspace.Artifacts.Find(ArtifactKind.Reduced, mined.Manifest.Inputs[0])!;
    }

    private static Artifact Mine(Workspace workspace)
    {
        var draft = workspace.Artifacts.Begin(
            ArtifactKind.Reduced,
            new ArtifactRecipe("reduce", "1", new { }, 0, [workspace.Episodes.SnapshotId()])
        );
        EpisodeFile.Write(draft[ReduceStage.EpisodesFile], workspace.Episodes.Read());
        return Finish(workspace, ArtifactKind.Mined, draft.Commit().Key);
    }

    private static Artifact Finish(Workspace workspace, string kind, string input)
    {
        var draft = workspace.Artifacts.Begin(kind, new ArtifactRecipe(kind, "1", new { }, 0, [input]));
        File.WriteAllText(draft["file"], kind);
        return draft.Commit();
    }

    private static List<AppendResult> Add(Workspace workspace, params Episode[] episodes)
    {
        using var batch = workspace.Episodes.BeginBatch();
        var results = episodes.Select(e => batch.Append(e)).ToList();
        batch.Commit();
        return results;
    }

    private static string[] Keys(Workspace workspace) => [.. workspace.Episodes.Read().Select(e => e.Key).Order()];

    private static IEnumerable<string> Names(string folder) =>
        Directory
            .GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f))
            .Order(StringComparer.Ordinal);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
