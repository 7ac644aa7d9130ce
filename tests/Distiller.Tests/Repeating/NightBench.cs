using Distiller.Gguf;
using Distiller.Jobs;
using Distiller.Jobs.Stages;
using Distiller.Lake;
using Distiller.Tests.Training;
using Distiller.Training.Distilling;
using Distiller.Training.Lora;

namespace Distiller.Tests.Repeating;

/// <summary>A night on the tiny base, in float32 on one thread, and artifacts as the stages before would leave them.</summary>
internal sealed class NightBench : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public NightBench()
    {
        Workspace = Workspace.Open(_folder["home"]);
        Night = new Night(
            Workspace,
            new NightSettings
            {
                BasePath = new TinyBase { Context = 64 }.Write(_folder["base.gguf"]),
                Threads = 1,
                Device = "cpu",
                Training = TrainingRows.Quick with { Precision = Precision.Fp32 },
            },
            _folder["registry"],
            TimeProvider.System
        );
    }

    public Workspace Workspace { get; }

    public Night Night { get; }

    /// <param name="logs">None: the sample episodes.</param>
    public Artifact Reduced(params IReadOnlyList<string> logs)
    {
        new CollectStage(Workspace, Night.Progress).Run(
            logs.Count > 0 ? logs : [Path.Combine(Repository.Root, "data", "samples", "episodes.jsonl")],
            "default",
            CancellationToken.None
        );
        return new ReduceStage(Night).Run();
    }

    /// <summary>The bytes of the one file of this kind that is kept of the episodes.</summary>
    public byte[] Kept(string name) =>
        File.ReadAllBytes(
            Directory
                .GetDirectories(Path.Combine(Workspace.Home, "kept"), $"{name}-*")
                .SelectMany(Directory.GetFiles)
                .Single()
        );

    public Artifact Examples() =>
        Make(ArtifactKind.Mined, "mine", draft => ExampleFile.Write(draft[MineStage.TrainFile], TrainingRows.Some(8)));

    public Artifact Adapter() =>
        Make(
            ArtifactKind.Adapter,
            "distill",
            draft =>
            {
                using var file = GgufFile.Open(Night.Settings.BasePath);
                new LoraFile(TinyAdapter.For(file, rank: 8), Night.Base.Sha256).Write(draft[DistillStage.AdapterFile]);
            }
        );

    public void Dispose()
    {
        Night.Dispose();
        Workspace.Dispose();
        _folder.Dispose();
    }

    private Artifact Make(string kind, string stage, Action<ArtifactDraft> make) =>
        Night.Make(kind, new ArtifactRecipe(stage, "golden", new { }, 0, ["golden"]), make);
}
