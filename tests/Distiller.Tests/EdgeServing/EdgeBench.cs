using System.Globalization;
using System.Security.Cryptography;
using Distiller.Edge;
using Distiller.Edge.Releases;
using Distiller.Edge.Serving;
using Distiller.Registry;
using Distiller.Registry.Signing;
using Distiller.Tests.Edge;

namespace Distiller.Tests.EdgeServing;

/// <summary>A small base, a registry whose releases llama.cpp loads, and a device's home.</summary>
internal sealed class EdgeBench : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Its output is not its input: a model of random weights whose output is would say the last token for ever.</summary>
    public static TinyBase Base { get; } = new() { Tied = false };

    public EdgeBench()
    {
        BasePath = Base.Write(_folder["base.gguf"]);
        Registry = new ReleaseRegistry(_folder["registry"], Clock);
        Keys = new KeyFolder(_folder["night"], Clock);
        Store = new EdgeStore(_folder["edge"], TimeProvider.System);
        using var model = EdgeModel.Load(BasePath);
        BaseSha256 = model.Sha256;
    }

    public FakeTimeProvider Clock { get; } =
        new(new DateTimeOffset(2026, 3, 1, 2, 0, 0, TimeSpan.Zero)) { AutoAdvanceAmount = TimeSpan.FromMinutes(1) };

    public string BasePath { get; }

    public string BaseSha256 { get; }

    public ReleaseRegistry Registry { get; }

    public KeyFolder Keys { get; }

    public EdgeStore Store { get; }

    public string this[string name] => _folder[name];

    /// <param name="seed">Another one gives another adapter.</param>
    /// <param name="keys">Null: the bench's own; see <paramref name="isSigned"/>.</param>
    public Release Publish(
        int seed = 1,
        KeyFolder? keys = null,
        bool isSigned = true,
        Func<ReleaseDraft, ReleaseDraft>? change = null,
        ReleaseRegistry? registry = null,
        string? certificate = null
    )
    {
        var work = Directory.CreateDirectory(_folder[$"draft-{seed}"]).FullName;
        var adapter = EdgeFixtures.WriteAdapter(Path.Combine(work, "adapter.gguf"), Base, seed, spread: 2);
        Directory.CreateDirectory(Path.Combine(work, "peft"));
        File.WriteAllText(Path.Combine(work, "peft", "adapter_config.json"), "{}");
        File.WriteAllText(Path.Combine(work, "manifest.json"), "{}");
        File.WriteAllText(Path.Combine(work, "report.html"), "<!doctype html>");
        File.WriteAllText(
            Path.Combine(work, "evaluation.json"),
            certificate ?? Certificate(BaseSha256, Sha256(adapter), 2 + (seed / 1000.0))
        );
        var draft = new ReleaseDraft
        {
            Name = "tiny",
            Base = new BaseModel("tiny", BaseSha256, "llama"),
            AdapterF16Path = adapter,
            AdapterInt4Path = adapter,
            PeftFolder = Path.Combine(work, "peft"),
            ManifestPath = Path.Combine(work, "manifest.json"),
            EvaluationPath = Path.Combine(work, "evaluation.json"),
            ReportPath = Path.Combine(work, "report.html"),
            Artifacts = [new StageArtifact("collect", "c0ffee")],
            Episodes = [new EpisodeId("aa")],
            ToolVersion = "0.1.0",
            Gate = new ReleaseGate("evaluation", true),
            Canary = FindCanary(adapter),
        };
        return (registry ?? Registry).Publish(change?.Invoke(draft) ?? draft, isSigned ? keys ?? Keys : null);
    }

    public PullResult Pull(PullOptions? options = null, string? registry = null)
    {
        using var source = ReleaseSource.Open(registry ?? Registry.Folder);
        return Store.PullAsync(source, options ?? new PullOptions()).GetAwaiter().GetResult();
    }

    public BadInputException Refused(PullOptions? options = null, string? registry = null) =>
        Should.Throw<BadInputException>(() => Pull(options, registry));

    public EdgeHost Open(EngineOptions? engine = null, Action<string>? tell = null) =>
        EdgeHost.Open(
            new EdgeHostOptions
            {
                BasePath = BasePath,
                Home = Store.Home,
                Threads = 1,
                Engine = engine ?? new EngineOptions { ContextTokens = 512 },
                Tell = tell ?? (_ => { }),
            }
        );

    /// <summary>A folder with a copy of the registry, to be spoiled.</summary>
    public string CopyRegistry(string name)
    {
        var target = _folder[name];
        foreach (var file in Directory.EnumerateFiles(Registry.Folder, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(target, Path.GetRelativePath(Registry.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        return target;
    }

    public static string Sha256(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    public static string Certificate(string baseSha256, string adapterSha256, double loss) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            {"base":{"sha256":"{{{baseSha256}}}"},"adapterInt4":{"sha256":"{{{adapterSha256}}}"},
             "holdoutLoss":{"base":{{{loss}}},"adapterF16":1.5,"adapterInt4":1.625},
             "tokensPerStep":{"before":4000,"after":500},"gate":{"isOpen":true,"reasons":[]}}
            """
        );

    public void Dispose() => _folder.Dispose();

    private ReleaseCanary? FindCanary(string adapterPath)
    {
        using var model = EdgeModel.Load(BasePath, new EdgeModelOptions { Threads = 1 });
        using var adapter = model.LoadAdapter(adapterPath);
        return Canary.Find(model, adapter);
    }
}
