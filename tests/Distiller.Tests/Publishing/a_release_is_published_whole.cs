using System.Security.Cryptography;
using Distiller.Registry;

namespace Distiller.Tests.Publishing;

public sealed class a_release_is_published_whole
{
    [Test]
    public void it_holds_every_file_with_its_hash_and_tells_what_it_was_made_from()
    {
        using var bench = new ReleaseBench();

        var release = bench.Registry.Publish(bench.Draft());

        release
            .Files.Select(f => f.Path)
            .ShouldBe([
                "adapter-f16.gguf",
                "adapter-int4.gguf",
                "evaluation.json",
                "lineage.json",
                "manifest.json",
                "peft/adapter_config.json",
                "peft/nested/adapter_model.safetensors",
                "report.html",
            ]);
        foreach (var file in release.Files)
        {
            var content = File.ReadAllBytes(bench.PathOf(release, file.Path));
            file.Bytes.ShouldBe(content.Length);
            file.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(content)));
        }

        release.Evaluation.ShouldBe(new ReleaseFigures(2.5, 1.5, 1.625, 4000, 500.5));
        release.EpisodeCount.ShouldBe(2);
        // printf 'aa\nbb\n' | sha256sum
        release.EpisodesSha256.ShouldBe("329d670e59ead1543a2d36865895972560bc434204c5f4a0c8219005dd312719");
        release.Lineage.Select(a => a.Stage).ShouldBe(["collect", "mine"]);
        File.ReadAllText(bench.PathOf(release, "lineage.json")).ShouldContain("\"aa\"");
        ReleaseJson.Write(bench.Registry.Show("latest")).ShouldBe(ReleaseJson.Write(release));
    }

    [Test]
    public void a_copy_that_is_not_what_was_recorded_is_refused()
    {
        using var bench = new ReleaseBench();
        var draft = bench.Draft();
        var recorded = new[] { draft.AdapterF16Path, draft.AdapterInt4Path, draft.ManifestPath, draft.EvaluationPath }
            .Append(draft.ReportPath)
            .Concat(Directory.GetFiles(draft.PeftFolder, "*", SearchOption.AllDirectories))
            .ToDictionary(p => p, p => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(p))));
        draft = draft with { RecordedSha256 = recorded };
        File.WriteAllText(Path.Combine(draft.PeftFolder, "added.txt"), "not of the training");

        Refused().ShouldBe(Path.Combine(draft.PeftFolder, "added.txt"));

        File.Delete(Path.Combine(draft.PeftFolder, "added.txt"));
        File.AppendAllText(draft.AdapterInt4Path, " and more");
        Refused().ShouldBe(draft.AdapterInt4Path);

        recorded[draft.AdapterInt4Path] = Convert.ToHexStringLower(
            SHA256.HashData(File.ReadAllBytes(draft.AdapterInt4Path))
        );
        bench.Registry.Publish(draft).Files.Count.ShouldBe(8);

        string Refused()
        {
            var error = Should.Throw<BadInputException>(() => bench.Registry.Publish(draft));
            error.Reason.ShouldContain("not what was recorded");
            bench.Registry.List().ShouldBeEmpty();
            return error.Place.File;
        }
    }

    [Test]
    public void the_next_release_names_it_as_parent_even_when_the_clock_goes_back()
    {
        using var bench = new ReleaseBench();
        var first = bench.Registry.Publish(bench.Draft("monday"));
        bench.Clock.AdjustTime(bench.Clock.GetUtcNow().AddDays(-3));
        var second = bench.Registry.Publish(bench.Draft("tuesday"));

        first.Parent.ShouldBeNull();
        second.Parent.ShouldBe(first.Id);
        second.Created.ShouldBeLessThan(first.Created);
        bench.Registry.List().Select(r => r.Id).ShouldBe([first.Id, second.Id]);
        bench.Registry.Show("latest").Id.ShouldBe(second.Id);
    }

    [Test]
    public void publishing_the_same_again_gives_the_same_release_and_doubles_nothing()
    {
        using var bench = new ReleaseBench();
        var first = bench.Registry.Publish(bench.Draft("monday"));
        bench.Registry.Publish(bench.Draft("tuesday"));

        var again = bench.Registry.Publish(bench.Draft("monday") with { Episodes = [new("bb"), new("aa")] });

        ReleaseJson.Write(again).ShouldBe(ReleaseJson.Write(first));
        bench.Registry.List().Count.ShouldBe(2);
        Directory.GetDirectories(bench.Registry.Folder).Length.ShouldBe(2);
    }

    [Test]
    public void the_same_content_has_the_same_id_in_another_registry_and_other_content_another()
    {
        using var here = new ReleaseBench();
        using var there = new ReleaseBench();
        there.Registry.Publish(there.Draft("something before"));

        var id = here.Registry.Publish(here.Draft()).Id;

        there.Registry.Publish(there.Draft()).Id.ShouldBe(id);
        here.Registry.Publish(here.Draft(lossBase: 2.75)).Id.ShouldNotBe(id);
        here.Registry.Publish(here.Draft() with { Episodes = [new("aa")] }).Id.ShouldNotBe(id);
    }

    [Test]
    public void what_a_killed_publish_left_is_not_listed_and_goes_with_the_next()
    {
        using var bench = new ReleaseBench();
        var left = Path.Combine(bench.Registry.Folder, ".publishing", "peft");
        Directory.CreateDirectory(left);
        File.WriteAllText(Path.Combine(left, "half"), "half");

        bench.Registry.List().ShouldBeEmpty();
        var release = bench.Registry.Publish(bench.Draft());

        bench.Registry.Verify(release.Id).Files.ShouldNotContain(f => f.Path.Contains("half"));
        Directory.GetDirectories(bench.Registry.Folder).ShouldBe([bench.Registry.FolderOf(release)]);
    }

    [Test]
    public void a_cancelled_publish_leaves_nothing()
    {
        using var bench = new ReleaseBench();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Should.Throw<OperationCanceledException>(() =>
            bench.Registry.Publish(bench.Draft(), cancellation: cancelled.Token)
        );

        Directory.GetDirectories(bench.Registry.Folder).ShouldBeEmpty();
    }

    [Test]
    public void many_at_once_give_one_line_of_parents()
    {
        using var bench = new ReleaseBench();
        var draft = bench.Draft();

        // The wait for the registry's lock is measured by this clock: minutes at each look would end it at once.
        bench.Clock.AutoAdvanceAmount = TimeSpan.Zero;
        Parallel.For(0, 8, i => bench.Registry.Publish(draft with { Name = $"night {i % 4}" }));

        var releases = bench.Registry.List();
        releases.Select(r => r.Sequence).ShouldBe([1, 2, 3, 4]);
        releases.Skip(1).Select(r => r.Parent).ShouldBe(releases.Take(3).Select(r => r.Id));
    }

    [Test]
    public void a_draft_that_lacks_a_file_or_its_figures_is_refused_by_name()
    {
        using var bench = new ReleaseBench();
        var draft = bench.Draft();

        File.Delete(draft.AdapterInt4Path);
        Should.Throw<BadInputException>(() => bench.Registry.Publish(draft)).Place.File.ShouldBe(draft.AdapterInt4Path);

        draft = bench.Draft();
        File.WriteAllText(draft.EvaluationPath, "{\"holdoutLoss\":{\"base\":\"low\"}}");
        var refused = Should.Throw<BadInputException>(() => bench.Registry.Publish(draft));
        refused.Place.File.ShouldBe(draft.EvaluationPath);
        refused.Reason.ShouldContain("holdoutLoss.base");
        bench.Registry.List().ShouldBeEmpty();
    }

    [Test]
    public void a_release_is_found_by_the_beginning_of_its_id_if_only_one_has_it()
    {
        using var bench = new ReleaseBench();
        var releases = Enumerable.Range(0, 17).Select(i => bench.Registry.Publish(bench.Draft($"{i}"))).ToList();

        bench.Registry.Show(releases[3].Id).Id.ShouldBe(releases[3].Id);
        bench.Registry.Show(releases[3].Id[..12]).Id.ShouldBe(releases[3].Id);
        // Seventeen ids cannot begin with seventeen different hex digits.
        var shared = releases.GroupBy(r => r.Id[..1]).First(g => g.Count() > 1);
        Should.Throw<BadInputException>(() => bench.Registry.Show(shared.Key)).Remedy.ShouldContain(shared.First().Id);
        Should.Throw<BadInputException>(() => bench.Registry.Show("zz")).Reason.ShouldContain("zz");
        Should.Throw<BadInputException>(() => bench.Registry.Show(""));
    }
}
