using System.Globalization;
using System.Security.Cryptography;
using Distiller.Core;
using Distiller.Edge;
using Distiller.Edge.Releases;
using Distiller.Gguf;
using Distiller.Registry;
using Distiller.Registry.Signing;

namespace Distiller.Benchmarks.Edge;

/// <summary>A device's home in a temporary folder, with releases of given adapters as <c>edge pull</c> would leave them.</summary>
internal sealed class BenchHome : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("distiller-edge-").FullName;
    private readonly KeyFolder _keys;
    private readonly string _basePath;
    private readonly EdgeModel _model;

    public BenchHome(string basePath)
    {
        _basePath = Path.GetFullPath(basePath);
        _keys = new KeyFolder(Path.Combine(_folder, "night"), TimeProvider.System);
        _model = EdgeModel.Load(_basePath, new EdgeModelOptions { Threads = 1 });
        Store = new EdgeStore(Path.Combine(_folder, "edge"), TimeProvider.System);
    }

    public EdgeStore Store { get; }

    /// <summary>Publishes an adapter in a registry of its own and pulls it under a name of this device.</summary>
    /// <returns>The release's id, and the canary that tells it from others.</returns>
    public (string Id, ReleaseCanary? Canary) Take(string name, string adapterPath)
    {
        var draft = Directory.CreateDirectory(Path.Combine(_folder, "drafts", Guid.NewGuid().ToString("N"))).FullName;
        Directory.CreateDirectory(Path.Combine(draft, "peft"));
        File.WriteAllText(Path.Combine(draft, "peft", "adapter_config.json"), "{}");
        File.WriteAllText(Path.Combine(draft, "manifest.json"), "{}");
        File.WriteAllText(Path.Combine(draft, "report.html"), "<!doctype html>");
        // The same adapter under two names is to be two releases: the certificate's loss tells them apart.
        var loss = 2 + (RandomNumberGenerator.GetInt32(1_000_000) / 1e7);
        File.WriteAllText(
            Path.Combine(draft, "evaluation.json"),
            string.Create(
                CultureInfo.InvariantCulture,
                $$$"""
                {"base":{"sha256":"{{{_model.Sha256}}}"},"adapterInt4":{"sha256":"{{{Sha256(adapterPath)}}}"},
                 "holdoutLoss":{"base":{{{loss}}},"adapterF16":1.5,"adapterInt4":1.625},
                 "tokensPerStep":{"before":4000,"after":500},"gate":{"isOpen":true,"reasons":[]}}
                """
            )
        );
        using var adapter = _model.LoadAdapter(adapterPath);
        var canary = Canary.Find(_model, adapter);
        var registry = new ReleaseRegistry(Path.Combine(_folder, "registry-" + name), TimeProvider.System);
        var release = registry.Publish(
            new ReleaseDraft
            {
                Name = name,
                Base = new BaseModel(_model.Name, _model.Sha256, _model.Architecture),
                AdapterF16Path = adapterPath,
                AdapterInt4Path = adapterPath,
                PeftFolder = Path.Combine(draft, "peft"),
                ManifestPath = Path.Combine(draft, "manifest.json"),
                EvaluationPath = Path.Combine(draft, "evaluation.json"),
                ReportPath = Path.Combine(draft, "report.html"),
                Artifacts = [new StageArtifact("collect", "c0ffee")],
                Episodes = [new EpisodeId("aa")],
                ToolVersion = "0.1.0",
                Gate = new ReleaseGate("evaluation", true),
                Canary = canary,
            },
            _keys
        );
        using var source = ReleaseSource.Open(registry.Folder);
        Store.PullAsync(source, new PullOptions { Name = name, Reference = release.Id }).GetAwaiter().GetResult();
        return (release.Id, canary);
    }

    /// <summary>What tokens say.</summary>
    public string Text(IReadOnlyList<int> tokens) => _model.Tokenizer.Detokenize([.. tokens]);

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Writes an adapter of random 4-bit factors on all seven linears of a base, for measuring what one costs.</summary>
    public static string WriteRandomAdapter(string basePath, string path, int rank, int seed)
    {
        using var file = GgufFile.Open(basePath);
        var random = new Random(seed);
        var writer = new GgufWriter()
            .Add("general.type", "adapter")
            .Add("general.architecture", file.Architecture)
            .Add("adapter.type", "lora")
            .Add("adapter.lora.alpha", 2f * rank);
        string[] linears = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"];
        foreach (
            var tensor in file.Tensors.Where(t =>
                t.Name.Split('.') is [_, _, var part, "weight"] && linears.Contains(part)
            )
        )
        {
            var (input, output) = (tensor.Shape[0], tensor.Shape[1]);
            writer.AddTensor($"{tensor.Name}.lora_a", GgmlType.Q4_0, [input, rank], Values(input * rank).AsSpan());
            writer.AddTensor($"{tensor.Name}.lora_b", GgmlType.Q4_0, [rank, output], Values(rank * output).AsSpan());
        }

        writer.Write(path);
        return path;

        float[] Values(long count)
        {
            var values = new float[count];
            foreach (ref var value in values.AsSpan())
            {
                value = (float)(random.NextDouble() - 0.5) * 0.05f;
            }

            return values;
        }
    }

    private static string Sha256(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
}
