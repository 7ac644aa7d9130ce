using Distiller.Gguf;
using Distiller.Opsdesk;
using Distiller.Registry;
using Distiller.Tests.Edge;
using Distiller.Tests.Publishing;
using Distiller.Training.Lora;

namespace Distiller.Tests.Storing;

internal sealed class files_appear_whole
{
    private static readonly LoraWeights Weights = new(1, 2, [new("blk.0.ffn_up.weight", 1, 2, 2, [1, 2], [3, 4])]);

    [Test]
    public void while_a_file_is_written_the_old_one_stays_and_the_new_one_has_a_name_that_tells_it_is_unfinished()
    {
        using var folder = new TemporaryFolder();
        var path = folder["inner/a.json"];
        AtomicFile.WriteAllBytes(path, [1, 2]);
        AtomicFile.Write(
            path,
            stream =>
            {
                stream.WriteByte(3);
                stream.Flush();
                File.ReadAllBytes(path).ShouldBe([1, 2]);
                var other = Directory.GetFiles(folder["inner"]).Single(f => f != path);
                AtomicFile.IsUnfinished(Path.GetRelativePath(folder.Path, other)).ShouldBeTrue();
            }
        );
        File.ReadAllBytes(path).ShouldBe([3]);
        AtomicFile.IsUnfinished("inner/a.json").ShouldBeFalse();
        Directory.GetFiles(folder["inner"]).ShouldBe([path]);
    }

    [Test]
    public void one_whose_writing_fails_leaves_the_old_one_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteAllBytes(folder["a"], [1, 2]);
        Should.Throw<InvalidOperationException>(() =>
            AtomicFile.Write(
                folder["a"],
                stream =>
                {
                    stream.WriteByte(3);
                    throw new InvalidOperationException();
                }
            )
        );
        File.ReadAllBytes(folder["a"]).ShouldBe([1, 2]);
        Directory.GetFiles(folder.Path).ShouldBe([folder["a"]]);
    }

    private static IEnumerable<TestCaseData> Writers()
    {
        yield return Case("gguf", p => new GgufWriter().Add("general.architecture", "llama").Write(p));
        yield return Case("lora.safetensors", p => new LoraFile(Weights, "abc").Write(p));
        yield return Case(
            PeftAdapter.WeightsFile,
            p => PeftAdapter.Write(Path.GetDirectoryName(p)!, Weights, new BaseDescription("llama", "b", "abc", 1, 1))
        );
        yield return Case("episodes.jsonl", p => EpisodeLines.Write(p, [Sample.Episode("a")]));

        static TestCaseData Case(string name, Action<string> write) =>
            new TestCaseData(name, write).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Writers))]
    public void a_full_disk_is_told_clearly(string name, Action<string> write)
    {
        using var folder = new TemporaryFolder();
        using var disk = Sample.Disk(folder, 1);
        var path = Path.Combine(disk.Path, name);
        File.WriteAllText(path, "old");
        var filler = Fill(disk);

        Refusal(disk, () => write(path)).Place.File.ShouldBe(path);

        File.ReadAllText(path).ShouldBe("old");
        Directory.GetFileSystemEntries(disk.Path).ShouldBe([path, filler], ignoreOrder: true);
        File.Delete(filler);
        write(path);
        File.ReadAllBytes(path).Length.ShouldBeGreaterThan(3);
    }

    [Test]
    public void a_full_disk_is_told_clearly_by_a_session_that_saves_its_state()
    {
        using var folder = new TemporaryFolder();
        using var model = EdgeFixtures.LoadTiny(folder, new TinyBase(), "tiny.gguf");
        using var session = model.OpenSession(EdgeFixtures.Exact);
        session.Prefill([3, 4, 5]);
        using var disk = Sample.Disk(folder, 1);
        var filler = Fill(disk);
        Refusal(disk, () => session.SaveState(Path.Combine(disk.Path, "state")));
        Directory.GetFileSystemEntries(disk.Path).ShouldBe([filler]);
    }

    [Test]
    public void a_full_disk_is_told_clearly_by_a_publish_and_nothing_is_published()
    {
        using var folder = new TemporaryFolder();
        using var bench = new ReleaseBench();
        using var disk = Sample.Disk(folder, 1);
        var registry = new ReleaseRegistry(Path.Combine(disk.Path, "registry"), bench.Clock);
        var filler = Fill(disk);
        Refusal(disk, () => registry.Publish(bench.Draft()));
        registry.List().ShouldBeEmpty();
        File.Delete(filler);
        registry.Verify(registry.Publish(bench.Draft()).Id);
    }

    private static BadInputException Refusal(SmallDisk disk, Action write)
    {
        var error = Should.Throw<BadInputException>(write);
        error.Reason.ShouldStartWith("The disk is full");
        error.Place.File.ShouldStartWith(disk.Path);
        return error;
    }

    private static string Fill(SmallDisk disk)
    {
        var path = Path.Combine(disk.Path, "filler");
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        Should.Throw<IOException>(() =>
        {
            while (true)
            {
                file.Write(new byte[4096]);
            }
        });
        return path;
    }
}
