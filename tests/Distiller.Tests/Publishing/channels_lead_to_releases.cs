using System.Text.Json.Nodes;
using Distiller.Registry;

namespace Distiller.Tests.Publishing;

internal sealed class channels_lead_to_releases
{
    [Test]
    public void a_channel_leads_to_what_was_promoted_and_a_publish_moves_none()
    {
        using var bench = new ReleaseBench();
        var channels = bench.Registry.Channels;
        channels.List().ShouldBeEmpty();
        var one = bench.Registry.Publish(bench.Draft("one"));
        channels.Promote("latest", "ada").Release.ShouldBe(one.Id);
        var two = bench.Registry.Publish(bench.Draft("two"));

        bench.Registry.Show("stable").Id.ShouldBe(one.Id);
        bench.Registry.Show("latest").Id.ShouldBe(two.Id);
        channels.Promote(two.Id, "bob").ContentSha256.ShouldBe(two.ContentSha256);
        channels.Promote(one.Id, "ada", "canary");
        bench.Registry.Show("stable").Id.ShouldBe(two.Id);
        channels.List().Select(c => (c.Name, c.Release)).ShouldBe([("canary", one.Id), ("stable", two.Id)]);
        bench.Registry.List().Count.ShouldBe(2, "the folder of channels is no release");

        var file = JsonNode.Parse(File.ReadAllText(Path.Combine(channels.Folder, "stable.json")))!;
        file["release"]!.GetValue<string>().ShouldBe(two.Id);
        File.Exists(Path.Combine(channels.Folder, "..", two.Id, "adapter-int4.gguf")).ShouldBeTrue();
    }

    [Test]
    public void a_rollback_leads_back_step_by_step_and_the_history_tells_who_did_what()
    {
        using var bench = new ReleaseBench();
        var channels = bench.Registry.Channels;
        Should.Throw<BadInputException>(() => channels.RollBack("ada")).Message.ShouldContain("ever promoted");
        var ids = new[] { "one", "two", "three" }.Select(c => bench.Registry.Publish(bench.Draft(c)).Id).ToList();
        ids.ForEach(id => channels.Promote(id, "ada"));
        channels.Promote(ids[2], "again").History.Count.ShouldBe(3, "it leads there already");

        channels.RollBack("bob").Release.ShouldBe(ids[1]);
        channels.RollBack("bob").Release.ShouldBe(ids[0]);
        Should.Throw<BadInputException>(() => channels.RollBack("bob")).Message.ShouldContain(ids[0]);
        channels.Promote(ids[2], "ada");
        channels.RollBack("eve").Release.ShouldBe(ids[0], "not what was rolled back from before");

        var history = channels.Find("stable")!.History;
        history
            .Select(m => (m.Release, m.IsRollback, m.By))
            .ShouldBe([
                (ids[0], false, "ada"),
                (ids[1], false, "ada"),
                (ids[2], false, "ada"),
                (ids[1], true, "bob"),
                (ids[0], true, "bob"),
                (ids[2], false, "ada"),
                (ids[0], true, "eve"),
            ]);
        history.Select(m => m.At).ShouldBeInOrder();
        history[3].Before.ShouldBe(ids[2]);
    }

    [Test]
    public void a_damaged_release_is_not_promoted()
    {
        using var bench = new ReleaseBench();
        var one = bench.Registry.Publish(bench.Draft("one"));
        var two = bench.Registry.Publish(bench.Draft("two"));
        var channels = bench.Registry.Channels;
        channels.Promote(one.Id, "ada");
        channels.Promote(two.Id, "ada");
        File.AppendAllText(bench.PathOf(one, "adapter-int4.gguf"), "x");
        Should.Throw<BadInputException>(() => channels.RollBack("ada")).Message.ShouldContain("adapter-int4.gguf");
        Should.Throw<BadInputException>(() => channels.Promote(one.Id, "ada", "canary"));
        bench.Registry.Show("stable").Id.ShouldBe(two.Id);
        channels.Find("canary").ShouldBeNull();
    }

    [TestCase("{", 1)]
    [TestCase("null", 0)]
    [TestCase("{\n\"schema\": 5 }", 2)]
    public void a_damaged_file_is_named_with_line_and_remedy(string text, int line)
    {
        using var bench = new ReleaseBench();
        var release = bench.Registry.Publish(bench.Draft());
        bench.Registry.Channels.Promote(release.Id, "ada");
        var path = Path.Combine(bench.Registry.Channels.Folder, "stable.json");
        File.WriteAllText(path, text);
        var error = Should.Throw<BadInputException>(() => bench.Registry.Show("stable"));
        error.Place.ShouldBe(new SourceLocation(path, line));
        error.Remedy.ShouldContain("promote");
        Should.Throw<BadInputException>(() => bench.Registry.Channels.Promote(release.Id, "ada"));
        File.ReadAllText(path).ShouldBe(text, "what is damaged is not written over");
    }

    [Test]
    public void a_history_that_leads_elsewhere_is_refused()
    {
        using var bench = new ReleaseBench();
        var one = bench.Registry.Publish(bench.Draft("one"));
        var two = bench.Registry.Publish(bench.Draft("two"));
        bench.Registry.Channels.Promote(one.Id, "ada");
        var path = Path.Combine(bench.Registry.Channels.Folder, "stable.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        json["release"] = two.Id;
        File.WriteAllText(path, json.ToJsonString());
        Should.Throw<BadInputException>(() => bench.Registry.Show("stable"));
    }

    [TestCase("latest")]
    [TestCase("beef")]
    [TestCase("../stable")]
    [TestCase("Stable")]
    [TestCase("")]
    public void a_name_that_could_mean_something_else_is_refused(string name)
    {
        using var bench = new ReleaseBench();
        var release = bench.Registry.Publish(bench.Draft());
        Should.Throw<BadInputException>(() => bench.Registry.Channels.Promote(release.Id, "ada", name));
        bench.Registry.Channels.Find(name).ShouldBeNull();
        Should.Throw<BadInputException>(() => bench.Registry.Channels.Promote(release.Id, " "));
    }

    [Test]
    public async Task promotions_at_once_are_all_in_the_history()
    {
        using var bench = new ReleaseBench();
        var ids = Enumerable.Range(0, 4).Select(i => bench.Registry.Publish(bench.Draft($"r{i}")).Id).ToList();
        await Task.WhenAll(
            ids.Select(id =>
                Task.Run(() =>
                    new ReleaseRegistry(bench.Registry.Folder, TimeProvider.System).Channels.Promote(id, "x")
                )
            )
        );
        var channel = bench.Registry.Channels.Find("stable")!;
        channel.History.Select(m => m.Release).ShouldBe(ids, ignoreOrder: true);
        channel.Path()[^1].ShouldBe(channel.Release);
    }
}
