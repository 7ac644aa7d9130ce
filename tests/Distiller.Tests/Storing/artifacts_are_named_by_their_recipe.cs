using Distiller.Lake;

namespace Distiller.Tests.Storing;

internal sealed class artifacts_are_named_by_their_recipe
{
    private static ArtifactRecipe Recipe(int rank = 8, long seed = 1) =>
        new("distill", "1", new { Rank = rank, Alpha = 0.5 }, seed, ["in-1"]);

    [Test]
    public void equal_recipes_have_equal_keys_and_others_have_not()
    {
        Recipe().Key("adapter").ShouldBe(Recipe().Key("adapter"));
        Recipe().Key("adapter").Length.ShouldBe(16);
        new ArtifactRecipe("distill", "1", new { Alpha = 0.5, Rank = 8 }, 1, ["in-1"])
            .Key("adapter")
            .ShouldBe(Recipe().Key("adapter"), "the order of settings does not matter");
        new[]
        {
            Recipe().Key("adapter"),
            Recipe().Key("other"),
            Recipe(rank: 9).Key("adapter"),
            Recipe(seed: 2).Key("adapter"),
            (Recipe() with { Version = "2" }).Key("adapter"),
            (Recipe() with { Inputs = ["in-2"] }).Key("adapter"),
        }.ShouldBeUnique();
    }

    [Test]
    public void a_draft_survives_and_appears_only_when_committed()
    {
        using var folder = new TemporaryFolder();
        using (var workspace = Workspace.Open(folder["home"]))
        {
            var draft = workspace.Artifacts.Begin("adapter", Recipe());
            File.WriteAllText(draft["weights.bin"], "half");
            File.WriteAllText(draft["step-10.checkpoint"], "c");
            // As if killed while a file was written.
            File.WriteAllText(draft["weights.bin.1" + AtomicFile.UnfinishedSuffix], "ha");
            workspace.Artifacts.Find("adapter", draft.Key).ShouldBeNull();
        }

        using var again = Workspace.Open(folder["home"]);
        var resumed = again.Artifacts.Begin("adapter", Recipe());
        File.ReadAllText(resumed["step-10.checkpoint"]).ShouldBe("c");
        File.WriteAllText(resumed["weights.bin"], "whole");
        Directory.CreateDirectory(resumed["sub"]);
        File.WriteAllText(resumed["sub/more.txt"], "more");
        var artifact = resumed.Commit("*.checkpoint");

        var found = again.Artifacts.Find("adapter", Recipe()).ShouldNotBeNull();
        found.Folder.ShouldBe(artifact.Folder);
        found.Manifest.Files.Select(f => f.Name).ShouldBe(["sub/more.txt", "weights.bin"]);
        found.Manifest.Inputs.ShouldBe(["in-1"]);
        found.Manifest.Settings.GetProperty("rank").GetInt32().ShouldBe(8);
        File.ReadAllText(found.File("weights.bin")).ShouldBe("whole");
        found.Verify();
        again.Artifacts.Latest("adapter")!.Key.ShouldBe(artifact.Key);
        again.Artifacts.List("nothing").ShouldBeEmpty();
        Directory.GetFileSystemEntries(folder["home/artifacts/.work"]).ShouldBeEmpty();
    }

    [Test]
    public void a_changed_file_is_found_out()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        var draft = workspace.Artifacts.Begin("adapter", Recipe());
        File.WriteAllText(draft["a"], "1");
        var artifact = draft.Commit();
        File.WriteAllText(artifact.File("a"), "2");
        var error = Should.Throw<BadInputException>(() => _ = artifact.Verify());
        error.Place.File.ShouldBe(artifact.File("a"));
        error.Reason.ShouldContain($"adapter/{artifact.Key}");
        error.Remedy.ShouldContain(artifact.Folder);
    }

    [Test]
    public void made_again_it_takes_its_own_place()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        foreach (var text in new[] { "1", "2" })
        {
            var draft = workspace.Artifacts.Begin("adapter", Recipe());
            File.WriteAllText(draft["a"], text);
            draft.Commit();
        }

        File.ReadAllText(workspace.Artifacts.Latest("adapter")!.File("a")).ShouldBe("2");
        workspace.Artifacts.List("adapter").Count().ShouldBe(1);
    }

    [Test]
    public void a_name_cannot_leave_the_folder()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        Should.Throw<ArgumentException>(() => workspace.Artifacts.Find("..", "x"));
        Should.Throw<ArgumentException>(() => workspace.Artifacts.Begin("a/b", Recipe()));
    }
}
