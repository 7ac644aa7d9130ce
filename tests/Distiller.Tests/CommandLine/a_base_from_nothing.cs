using System.Text.Json;
using Distiller.Edge;

namespace Distiller.Tests.CommandLine;

internal sealed class a_base_from_nothing
{
    [Test]
    public void is_trained_by_one_command_that_can_be_paused_and_runs_on_the_edge()
    {
        using var folder = new TemporaryFolder();
        string[] command =
        [
            "pretrain",
            "--out",
            folder["base"],
            "--layers",
            "2",
            "--feed-forward",
            "32",
            "--vocabulary",
            "800",
            "--steps",
            "3",
            "--tokens-per-step",
            "500",
            "--threads",
            "1",
            "--json",
        ];
        var paused = DistillerProcess.Run([.. command, "--max-minutes", "0.0001"]);
        paused.ExitCode.ShouldBe(0, paused.Error);
        var part = JsonDocument.Parse(paused.Output).RootElement;
        part.GetProperty("isFinished").GetBoolean().ShouldBeFalse();
        part.GetProperty("steps").GetInt32().ShouldBeLessThan(3);

        var finished = DistillerProcess.Run(command);
        finished.ExitCode.ShouldBe(0, finished.Error);
        var result = JsonDocument.Parse(finished.Output).RootElement;
        result.GetProperty("isFinished").GetBoolean().ShouldBeTrue();
        result.GetProperty("steps").GetInt32().ShouldBe(3);
        Directory
            .GetFiles(folder["base"])
            .Select(Path.GetFileName)
            .Order(StringComparer.Ordinal)
            .ShouldBe(["curve.csv", "recipe.json", "tiny.gguf", "tokenizer.gguf"]);
        File.ReadAllLines(Path.Combine(folder["base"], "curve.csv")).Length.ShouldBe(4);

        using var model = EdgeModel.Load(result.GetProperty("base").GetString().ShouldNotBeNull());
        model.VocabularySize.ShouldBe(800);
        model.Parameters.ShouldBeGreaterThanOrEqualTo(result.GetProperty("parameters").GetInt64());

        var other = DistillerProcess.Run([.. command, "--muon-rate", "0.01"]);
        other.ExitCode.ShouldBe(3);
        other.Error.ShouldContain("checkpoint.safetensors");
    }
}
