using System.Text.Json.Nodes;
using Distiller.Gguf;

namespace Distiller.Tests.Quantizing;

internal sealed class An_export_is_complete_and_says_what_it_cost
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void all_forms_are_there_pass_their_checks_and_agree()
    {
        using var file = GgufFile.Open(new TinyBase().Write(_folder["base.gguf"]));
        var weights = TinyAdapter.For(file, rank: 8);
        var manifest = Exporter.Export(weights, file.Path, _folder["out"], lineage: "night-1");

        var read = AdapterManifest.Read(Path.Combine(_folder["out"], AdapterManifest.FileName));
        read.Files.ShouldBe(manifest.Files);
        read.Tensors.ShouldBe(manifest.Tensors);
        read.Base.Sha256.ShouldBe(file.Sha256());
        read.Lineage.ShouldBe("night-1");
        read.VerifyFiles(_folder["out"]);
        read.Tensors.Count.ShouldBe(14);
        read.WorstError.ShouldBe(read.Tensors.Max(t => t.Error));
        read.MeanError.ShouldBe(read.Tensors.Average(t => t.Error), 1e-12);
        read.Tensors.ShouldAllBe(t => t.Error > 0 && t.Error < t.PlainError);

        // The errors told are those of the file that lies there.
        var int4 = AdapterGguf.Read(Path.Combine(_folder["out"], Exporter.Int4File));
        foreach (var (exact, stored, told) in weights.Pairs.Zip(int4.Pairs, read.Tensors))
        {
            var wanted = SyntheticFactors.Product(exact.B, exact.A, exact.Rank, exact.In, exact.Out);
            var got = SyntheticFactors.Product(stored.B, stored.A, stored.Rank, stored.In, stored.Out);
            ((got - wanted).FrobeniusNorm() / wanted.FrobeniusNorm()).ShouldBe(told.Error, 1e-6);
        }

        var peft = PeftAdapter.Read(Path.Combine(_folder["out"], "peft"), BaseDescription.Of(file));
        foreach (var (exact, stored) in weights.Pairs.Zip(peft.Pairs))
        {
            stored.BaseTensor.ShouldBe(exact.BaseTensor);
            stored.A.ShouldBe(exact.A);
            stored.B.ShouldBe(exact.B);
        }
    }

    [Test]
    public void exporting_twice_gives_the_same_bytes_and_leaves_nothing_else()
    {
        using var file = GgufFile.Open(new TinyBase { Layers = 1 }.Write(_folder["base.gguf"]));
        var weights = TinyAdapter.For(file, rank: 8);
        var first = Exporter.Export(weights, file.Path, _folder["one"], workers: 1);
        var second = Exporter.Export(weights, file.Path, _folder["two"], workers: 3);

        second.Files.ShouldBe(first.Files);
        File.ReadAllBytes(Path.Combine(_folder["two"], "manifest.json"))
            .ShouldBe(File.ReadAllBytes(Path.Combine(_folder["one"], "manifest.json")));
        Directory.GetFiles(_folder["one"], "*", SearchOption.AllDirectories).Length.ShouldBe(5);
    }

    [Test]
    public void a_file_changed_afterwards_is_found_by_the_manifest()
    {
        using var file = GgufFile.Open(new TinyBase { Layers = 1 }.Write(_folder["base.gguf"]));
        var manifest = Exporter.Export(TinyAdapter.For(file, rank: 4), file.Path, _folder["out"]);
        var path = Path.Combine(_folder["out"], Exporter.Int4File);
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);

        Should.Throw<BadInputException>(() => manifest.VerifyFiles(_folder["out"])).Place.File.ShouldBe(path);
        var outside = manifest with { Files = [new ManifestFile("../base.gguf", file.Sha256(), file.FileBytes)] };
        Should.Throw<BadInputException>(() => outside.VerifyFiles(_folder["out"])).Reason.ShouldContain("outside");
    }

    [Test]
    public void factors_of_another_shape_are_refused_and_no_manifest_appears()
    {
        using var file = GgufFile.Open(new TinyBase().Write(_folder["base.gguf"]));
        var wrong = new LoraWeights(4, 4, [SyntheticFactors.Gauss(4, 96, 64)]);

        Should.Throw<BadInputException>(() => Exporter.Export(wrong, file.Path, _folder["out"]));
        File.Exists(Path.Combine(_folder["out"], "manifest.json")).ShouldBeFalse();
    }

    [TestCase("{")]
    [TestCase("null")]
    [TestCase("{\"format\": 1}")]
    public void a_manifest_that_is_none_is_refused(string text)
    {
        File.WriteAllText(_folder["manifest.json"], text);
        Should.Throw<BadInputException>(() => AdapterManifest.Read(_folder["manifest.json"]));
    }

    [Test]
    public void a_manifest_of_another_format_is_refused()
    {
        using var file = GgufFile.Open(new TinyBase { Layers = 1 }.Write(_folder["base.gguf"]));
        Exporter.Export(TinyAdapter.For(file, rank: 4), file.Path, _folder["out"]);
        var path = Path.Combine(_folder["out"], "manifest.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        json["format"] = 2;
        File.WriteAllText(path, json.ToJsonString());

        Should.Throw<BadInputException>(() => AdapterManifest.Read(path)).Reason.ShouldContain("format 2");
    }
}
