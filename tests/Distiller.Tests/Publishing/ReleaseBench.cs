using System.Globalization;
using Distiller.Registry;

namespace Distiller.Tests.Publishing;

/// <summary>A registry in a temporary folder, and drafts to publish there.</summary>
internal sealed class ReleaseBench : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ReleaseBench() => Registry = new ReleaseRegistry(_folder["registry"], Clock);

    /// <summary>A minute passes at each look.</summary>
    public FakeTimeProvider Clock { get; } =
        new(new DateTimeOffset(2026, 3, 1, 2, 0, 0, TimeSpan.Zero)) { AutoAdvanceAmount = TimeSpan.FromMinutes(1) };

    public ReleaseRegistry Registry { get; }

    public string PathOf(Release release, string file) => Path.Combine(Registry.FolderOf(release), file);

    public string Source(string name) => _folder[name];

    public ReleaseDraft Draft(string content = "weights", double lossBase = 2.5)
    {
        Directory.CreateDirectory(_folder["peft/nested"]);
        File.WriteAllText(_folder["f16.gguf"], content + " in 16 bit");
        File.WriteAllText(_folder["int4.gguf"], content + " in 4 bit");
        File.WriteAllText(_folder["peft/adapter_config.json"], "{}");
        File.WriteAllText(_folder["peft/nested/adapter_model.safetensors"], content);
        File.WriteAllText(_folder["manifest.json"], "{\"rank\":32}");
        File.WriteAllText(_folder["report.html"], "<!doctype html><title>Report</title>");
        var loss = lossBase.ToString("R", CultureInfo.InvariantCulture);
        File.WriteAllText(
            _folder["evaluation.json"],
            $$$"""
            {"holdoutLoss":{"base":{{{loss}}},"adapterF16":1.5,"adapterInt4":1.625},"tokensPerStep":{"before":4000,"after":500.5}}
            """
        );
        return new ReleaseDraft
        {
            Name = "airline desk",
            Base = new BaseModel("tiny", new string('a', 64), "llama"),
            AdapterF16Path = _folder["f16.gguf"],
            AdapterInt4Path = _folder["int4.gguf"],
            PeftFolder = _folder["peft"],
            ManifestPath = _folder["manifest.json"],
            EvaluationPath = _folder["evaluation.json"],
            ReportPath = _folder["report.html"],
            Artifacts = [new StageArtifact("collect", "c0ffee"), new StageArtifact("mine", "beef")],
            Episodes = [new EpisodeId("bb"), new EpisodeId("aa"), new EpisodeId("bb")],
            ToolVersion = "0.1.0",
        };
    }

    public void Dispose() => _folder.Dispose();
}
