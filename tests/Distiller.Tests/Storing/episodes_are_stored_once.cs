using Distiller.Lake;

namespace Distiller.Tests.Storing;

internal sealed class episodes_are_stored_once
{
    [Test]
    public void an_episode_comes_back_as_it_was()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        var episode = Sample.Episode("it's a 'key'");
        Add(workspace, episode).ShouldBe([AppendResult.Stored]);

        var back = workspace.Episodes.Read().Single();

        back.Turns.Count.ShouldBe(2);
        EpisodeJson.TurnsToJson(back.Turns).ShouldBe(EpisodeJson.TurnsToJson(episode.Turns));
        back.StartedAt.ShouldBe(episode.StartedAt);
        back.Outcome.ShouldBe(episode.Outcome);
        back.Usage.ShouldBe(new Usage(11, 2, 3, 5));
        back.Events.Keys.ShouldBe(["a", "z"]);
        EpisodeJson.Identify(back).Id.ShouldBe(back.Id);
    }

    [Test]
    public void the_same_episode_again_is_a_duplicate_in_and_across_batches()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        Add(workspace, Sample.Episode("a"), Sample.Episode("a"))
            .ShouldBe([AppendResult.Stored, AppendResult.Duplicate]);
        Add(workspace, Sample.Episode("a")).ShouldBe([AppendResult.Duplicate]);
        workspace.Episodes.Count().Episodes.ShouldBe(1);
    }

    [Test]
    public void a_longer_record_takes_the_place_of_a_shorter_one_and_not_the_other_way()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        Add(workspace, Sample.Episode("a", turns: 2), Sample.Episode("b"));
        var before = workspace.Episodes.SnapshotId();
        Add(workspace, Sample.Episode("a", turns: 5)).ShouldBe([AppendResult.Stored]);
        Add(workspace, Sample.Episode("a", turns: 3)).ShouldBe([AppendResult.Duplicate]);
        Add(workspace, Sample.Episode("a", turns: 2)).ShouldBe([AppendResult.Duplicate]);
        Add(workspace, Sample.Episode("a", turns: 7, tenant: "other")).ShouldBe([AppendResult.Stored]);

        var counts = workspace.Episodes.Count();
        counts.Episodes.ShouldBe(3);
        counts.Turns.ShouldBe(5 + 2 + 7);
        counts.Succeeded.ShouldBe(3);
        counts.Usage.ShouldBe(new Usage(33, 6, 9, 15));
        workspace.Episodes.SnapshotId().ShouldNotBe(before);
        workspace.Episodes.Read().Select(e => e.Id).ShouldBeInOrder();
    }

    [Test]
    public void the_snapshot_depends_on_the_episodes_and_not_on_how_they_came()
    {
        using var folder = new TemporaryFolder();
        using var one = Workspace.Open(folder["one"]);
        using var two = Workspace.Open(folder["two"]);
        Add(one, Sample.Episode("a"), Sample.Episode("b"));
        Add(two, Sample.Episode("b"));
        Add(two, Sample.Episode("a"));
        two.Episodes.SnapshotId().ShouldBe(one.Episodes.SnapshotId());
        two.Episodes.Read().Select(e => e.Id).ShouldBe(one.Episodes.Read().Select(e => e.Id));
    }

    [Test]
    public void an_abandoned_batch_leaves_nothing_and_the_next_one_gives_what_it_would_have_given()
    {
        using var folder = new TemporaryFolder();
        var many = Enumerable.Range(0, 5000).Select(i => Sample.Episode("k" + i)).ToArray();
        using (var workspace = Workspace.Open(folder["home"]))
        {
            using (var batch = workspace.Episodes.BeginBatch())
            {
                foreach (var episode in many)
                {
                    batch.Append(episode);
                }
            }

            workspace.Episodes.Count().Episodes.ShouldBe(0);
            workspace.Episodes.Read().ShouldBeEmpty();
            Directory.GetFiles(folder["home/episodes/parts"]).ShouldBeEmpty();
            Add(workspace, many).ShouldAllBe(r => r == AppendResult.Stored);
        }

        using var whole = Workspace.Open(folder["whole"]);
        Add(whole, many);
        Names(folder["home"]).ShouldBe(Names(folder["whole"]));
    }

    [Test]
    public void parts_that_a_killed_process_left_are_invisible_and_removed()
    {
        using var folder = new TemporaryFolder();
        using (var workspace = Workspace.Open(folder["home"]))
        {
            Add(workspace, Sample.Episode("a"));
        }

        using (var other = Workspace.Open(folder["other"]))
        {
            Add(other, Sample.Episode("b"));
        }

        // As if killed between the writing of a part and its commit.
        var stray = Directory.GetFiles(folder["other/episodes/parts"]).Single();
        File.Copy(stray, Path.Combine(folder["home/episodes/parts"], Path.GetFileName(stray)));
        File.WriteAllText(folder["home/episodes/parts/123.draft.9.writing"], "half");
        using (var reader = Workspace.OpenReadOnly(folder["home"]))
        {
            reader.Episodes.Count().Episodes.ShouldBe(1);
        }

        using var again = Workspace.Open(folder["home"]);
        Directory.GetFiles(folder["home/episodes/parts"]).Length.ShouldBe(1);
        Add(again, Sample.Episode("b")).ShouldBe([AppendResult.Stored]);
        again.Episodes.Count().Episodes.ShouldBe(2);
    }

    [Test]
    public void a_full_disk_loses_nothing_that_was_stored()
    {
        using var folder = new TemporaryFolder();
        using var disk = Sample.Disk(folder, 3);
        using var workspace = Workspace.Open(Path.Combine(disk.Path, "home"));
        Add(workspace, Sample.Episode("a"));
        var random = new Random(1);
        using (var batch = workspace.Episodes.BeginBatch())
        {
            var error = Should.Throw<BadInputException>(() =>
            {
                for (var i = 0; i < 400; i++)
                {
                    var noise = new byte[20_000];
                    random.NextBytes(noise);
                    var turn = new Turn(TurnRole.User, Convert.ToBase64String(noise));
                    batch.Append(Sample.Episode("n" + i) with { Turns = [turn] });
                }

                batch.Commit();
            });
            error.Message.ShouldContain("disk is full");
            error.Message.ShouldContain(disk.Path);
        }

        workspace.Episodes.Read().Single().Key.ShouldBe("a");
        Add(workspace, Sample.Episode("b")).ShouldBe([AppendResult.Stored]);
    }

    [Test]
    public void a_request_that_several_sessions_tell_of_counts_once_with_the_largest_output()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        void Session(string key, params (string Id, long Output)[] requests)
        {
            var episode = Sample.Episode(key, format: "sessions") with
            {
                Requests = [.. requests.Select(r => new ModelRequest(r.Id, new Usage(5, 1, 1, r.Output), "m"))],
                UnattributedUsage = default,
            };
            using var batch = workspace.Episodes.BeginBatch();
            batch.Append(episode, new EpisodeSource("log", "", Records: [requests.Length, 7]));
            batch.Commit();
        }

        Session("s1", ("x", 10), ("y", 3));
        Session("s2", ("x", 50), ("z", 4));
        Add(workspace, Sample.Episode("e1"), Sample.Episode("e2"));

        var counts = workspace.Episodes.Count().Formats;
        counts["sessions"].Requests.ShouldBe(3);
        counts["sessions"].Usage.ShouldBe(new Usage(15, 3, 3, 57));
        counts["episode"].Requests.ShouldBe(2, "the request ids of an episode without source records are its own");
        var read = workspace.Episodes.Read().Where(e => e.Format == "sessions").ToList();
        read.Sum(e => e.Requests.Count).ShouldBe(3);
        read.Sum(e => e.Usage.Output).ShouldBe(57);
        read.Single(e => e.Key == "s1").Requests.Select(r => r.Usage.Output).ShouldBe([50, 3]);
    }

    private static List<AppendResult> Add(Workspace workspace, params Episode[] episodes)
    {
        using var batch = workspace.Episodes.BeginBatch();
        var results = episodes.Select(e => batch.Append(e)).ToList();
        batch.Commit();
        return results;
    }

    private static IEnumerable<string?> Names(string home) =>
        Directory.GetFiles(Path.Combine(home, "episodes", "parts")).Select(Path.GetFileName).Order();
}
