using System.Text.Json.Nodes;
using Distiller.Registry;

namespace Distiller.Tests.Publishing;

public sealed class a_damaged_or_forged_release_is_refused
{
    [Test]
    public void an_intact_one_passes()
    {
        using var bench = new ReleaseBench();
        var release = bench.Registry.Publish(bench.Draft());

        ReleaseJson.Write(bench.Registry.Verify("latest")).ShouldBe(ReleaseJson.Write(release));
    }

    [TestCase("adapter-int4.gguf")]
    [TestCase("peft/nested/adapter_model.safetensors")]
    [TestCase("lineage.json")]
    [TestCase("report.html")]
    public void one_changed_byte_names_the_file(string file)
    {
        using var bench = new ReleaseBench();
        var path = bench.PathOf(bench.Registry.Publish(bench.Draft()), file);
        var content = File.ReadAllBytes(path);
        content[^1] ^= 1;
        File.WriteAllBytes(path, content);

        Should.Throw<BadInputException>(() => bench.Registry.Verify("latest")).Place.File.ShouldBe(path);
    }

    [Test]
    public void a_missing_a_cut_and_an_added_file_are_named()
    {
        using var bench = new ReleaseBench();
        var release = bench.Registry.Publish(bench.Draft());
        var adapter = bench.PathOf(release, "adapter-f16.gguf");
        var content = File.ReadAllBytes(adapter);

        File.WriteAllBytes(adapter, content[..^3]);
        Should.Throw<BadInputException>(() => bench.Registry.Verify(release.Id)).Message.ShouldContain(adapter);
        File.Delete(adapter);
        Should.Throw<BadInputException>(() => bench.Registry.Verify(release.Id)).Message.ShouldContain(adapter);
        File.WriteAllBytes(adapter, content);
        var added = bench.PathOf(release, "peft/more.bin");
        File.WriteAllText(added, "more");
        Should.Throw<BadInputException>(() => bench.Registry.Verify(release.Id)).Message.ShouldContain(added);
    }

    [Test]
    public void a_link_is_not_followed()
    {
        using var bench = new ReleaseBench();
        var release = bench.Registry.Publish(bench.Draft());
        var folder = bench.PathOf(release, "peft");
        Directory.Move(folder, bench.Source("elsewhere"));
        Directory.CreateSymbolicLink(folder, bench.Source("elsewhere"));

        Should.Throw<BadInputException>(() => bench.Registry.Verify(release.Id)).Message.ShouldContain("link");
    }

    [Test]
    public void a_better_figure_written_into_the_manifest_is_noticed()
    {
        using var bench = new ReleaseBench();
        var release = bench.Registry.Publish(bench.Draft());
        var path = bench.PathOf(release, "release.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("1.625", "0.625"));

        Should.Throw<BadInputException>(() => bench.Registry.Show(release.Id)).Place.File.ShouldBe(path);
    }

    [TestCase("../../secret.txt")]
    [TestCase("/etc/hostname")]
    [TestCase("peft/../../../secret.txt")]
    [TestCase("peft\\..\\x")]
    [TestCase("peft//x")]
    [TestCase("a\u0000b")]
    [TestCase("")]
    public void a_forged_manifest_cannot_name_a_file_outside_its_folder(string name)
    {
        using var bench = new ReleaseBench();
        File.WriteAllText(bench.Source("secret.txt"), "secret");
        var forged = Forge(
            bench,
            bench.Registry.Publish(bench.Draft()),
            r => r with { Files = [.. r.Files, new ReleaseFile(name, Sha256OfSecret, 6)] }
        );

        var refused = Should.Throw<BadInputException>(() => bench.Registry.Verify(forged.Id));

        refused.Place.File.ShouldBe(bench.PathOf(forged, "release.json"));
        refused.Reason.ShouldContain("no path inside");
    }

    [Test]
    public void a_forged_manifest_cannot_hide_a_missing_episode()
    {
        using var bench = new ReleaseBench();
        var forged = Forge(bench, bench.Registry.Publish(bench.Draft()), r => r with { EpisodeCount = 1 });

        Should
            .Throw<BadInputException>(() => bench.Registry.Verify(forged.Id))
            .Place.File.ShouldBe(bench.PathOf(forged, "lineage.json"));
    }

    [TestCase("{")]
    [TestCase("null")]
    [TestCase("{\"schema\":\"distiller.release/1\"}")]
    [TestCase("{\"schema\":\"distiller.release/1\",\"files\":[null]}")]
    [TestCase("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public void a_manifest_that_is_none_is_refused_by_name(string json)
    {
        using var bench = new ReleaseBench();
        var release = bench.Registry.Publish(bench.Draft());
        var path = bench.PathOf(release, "release.json");
        File.WriteAllText(path, json);

        Should.Throw<BadInputException>(() => bench.Registry.List()).Place.File.ShouldBe(path);
    }

    [Test]
    public void a_list_with_a_null_in_it_is_refused_and_not_a_crash()
    {
        using var bench = new ReleaseBench();
        var path = bench.PathOf(bench.Registry.Publish(bench.Draft()), "release.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        manifest["files"]!.AsArray().Add(null);
        File.WriteAllText(path, manifest.ToJsonString());

        Should.Throw<BadInputException>(() => bench.Registry.List()).Reason.ShouldContain("null");
    }

    [Test]
    public void a_manifest_of_a_gigabyte_is_not_read()
    {
        using var bench = new ReleaseBench();
        var path = bench.PathOf(bench.Registry.Publish(bench.Draft()), "release.json");
        using (var sparse = File.OpenWrite(path))
        {
            sparse.SetLength(1L << 30);
        }

        Should.Throw<BadInputException>(() => bench.Registry.List()).Reason.ShouldContain("at most");
    }

    private const string Sha256OfSecret = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    /// <summary>A forger who knows the format: the manifest's own hash and the folder's name are made to fit.</summary>
    private static Release Forge(ReleaseBench bench, Release release, Func<Release, Release> change)
    {
        var forged = change(release);
        var hash = ReleaseFolder.ContentHash(forged);
        forged = forged with { ContentSha256 = hash, Id = hash[..16] };
        Directory.Move(bench.Registry.FolderOf(release), bench.Registry.FolderOf(forged));
        File.WriteAllBytes(bench.PathOf(forged, "release.json"), ReleaseJson.Write(forged));
        return forged;
    }
}
