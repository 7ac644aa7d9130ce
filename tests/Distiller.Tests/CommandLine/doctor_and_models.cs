namespace Distiller.Tests.CommandLine;

internal sealed class doctor_and_models
{
    [Test]
    public void doctor_finds_every_native_part()
    {
        using var folder = new TemporaryFolder();
        var result = DistillerProcess.Run("doctor", "--home", folder["home"], "--json");
        result.ExitCode.ShouldBe(0, result.ToString());
        var checks = result.Json.AsArray().Select(c => (string)c!["name"]!);
        checks.ShouldBe([".NET", "workspace", "disk", "DuckDB", "libtorch", "precision", "OpenMP", "GPU", "llama.cpp"]);
    }

    [TestCase("llama")]
    [TestCase("qwen2")]
    [TestCase("qwen3")]
    public void trainer_and_llama_cpp_agree_on_a_base_of(string architecture)
    {
        using var folder = new TemporaryFolder();
        var path = new TinyBase { Architecture = architecture, WithRopeFreqs = architecture == "llama" }.Write(
            folder["base.gguf"]
        );
        var report = Check(folder, path);
        ((string)report["architecture"]!).ShouldBe(architecture);
        ((int)report["contextLength"]!).ShouldBe(4096);
        ((double)report["maxAbsLogitDifference"]!).ShouldBeLessThan(1e-3);
    }

    [TestCase("llama-gqa-tied")]
    [TestCase("qwen2-bias")]
    [TestCase("qwen3-qknorm")]
    public void both_agree_with_the_independent_reference_on(string name)
    {
        using var folder = new TemporaryFolder();
        var parity = SharedFiles.Path($"parity/{name}");
        var path = Path.Combine(parity, "base.gguf");
        var bare = Check(folder, path, "--reference", Path.Combine(parity, "logits.json"));
        ((double)bare["maxAbsLogitDifference"]!).ShouldBeLessThan(1e-3);
        ((double)bare["maxAbsReferenceDifference"]!).ShouldBeLessThan(1e-3);
        var adapted = Check(
            folder,
            path,
            "--adapter",
            Path.Combine(parity, "lora30"),
            "--reference",
            Path.Combine(parity, "lora.json")
        );
        ((double)adapted["maxAbsLogitDifference"]!).ShouldBeLessThan(1e-3);
        ((double)adapted["maxAbsReferenceDifference"]!).ShouldBeLessThan(1e-3);
    }

    /// <summary>
    /// The trainer computes in float32; llama.cpp rounds the activations of every quantized product to 8 bits. Of the
    /// 49,152 logits of a position the farthest is then 0.4 to 1.8 off, their mean and the mean loss hardly.
    /// </summary>
    [Test]
    public void on_a_quantized_base_the_trainer_follows_the_reference_and_llama_cpp_stays_in_its_bound()
    {
        using var folder = new TemporaryFolder();
        var report = Check(
            folder,
            SharedFiles.Path("models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf"),
            "--reference",
            SharedFiles.Path("parity/smollm2-135m-instruct.json")
        );
        ((double)report["maxAbsReferenceDifference"]!).ShouldBeLessThan(1e-2);
        ((double)report["maxAbsLogitDifference"]!).ShouldBeLessThan(3);
        ((double)report["meanAbsLogitDifference"]!).ShouldBeLessThan(0.3);
        ((double)report["meanNllDifference"]!).ShouldBeLessThan(0.05);
    }

    [Test]
    public void a_reference_of_another_base_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = new TinyBase().Write(folder["base.gguf"]);
        File.WriteAllText(folder["reference.json"], "{\"ids\":[1,99999],\"logits_last\":[0.5]}");
        var result = DistillerProcess.Run(
            "models",
            "check",
            path,
            "--home",
            folder["home"],
            "--reference",
            folder["reference.json"]
        );
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Error.ShouldContain("reference.json");
    }

    private static System.Text.Json.Nodes.JsonNode Check(TemporaryFolder folder, string path, params string[] more)
    {
        var result = DistillerProcess.Run(["models", "check", path, "--home", folder["home"], "--json", .. more]);
        result.ExitCode.ShouldBe(0, result.ToString());
        return result.Json;
    }
}
