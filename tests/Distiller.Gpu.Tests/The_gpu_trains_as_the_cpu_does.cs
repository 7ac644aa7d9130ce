using Distiller.Core;
using Distiller.Gguf;
using Distiller.Training.Distilling;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Gpu.Tests;

internal sealed class The_gpu_trains_as_the_cpu_does
{
    private static readonly TrainingOptions Options = new()
    {
        Rank = 8,
        Alpha = 16,
        LearningRate = 3e-3,
        TokensPerStep = 600,
        Epochs = 4,
        CheckpointEverySteps = 3,
    };

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("distiller-gpu-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase(ScalarType.Float32, 1e-3)]
    [TestCase(ScalarType.BFloat16, 3e-2)]
    public void losses_follow_the_cpus(ScalarType type, double tolerance)
    {
        var device = Gpu.Device;
        using var onCpu = Load(Device.Cpu, ScalarType.Float32);
        using var onGpu = Load(device, type);
        var expected = Train(onCpu, null).Curve;
        var got = Train(onGpu, null).Curve;
        got.Count.ShouldBe(expected.Count);
        foreach (var (a, b) in got.Zip(expected))
        {
            a.Loss.ShouldBe(b.Loss, tolerance * b.Loss);
        }
    }

    [Test]
    public void an_interrupted_run_ends_with_the_same_bytes()
    {
        var device = Gpu.Device;
        using var model = Load(device, null);
        model.ComputeType.ShouldBe(ScalarType.BFloat16);
        var whole = Train(model, null);
        using var cancel = new CancellationTokenSource();
        var stop = new StopAfter(4, cancel);
        Should.Throw<OperationCanceledException>(() => Train(model, "cut", stop, cancel.Token));
        var resumed = Train(model, "cut");
        resumed.ResumedFrom.ShouldBe(4);
        resumed.Curve.ShouldBe(whole.Curve);
        foreach (var (a, b) in resumed.Adapter.Pairs.Zip(whole.Adapter.Pairs))
        {
            a.A.ShouldBe(b.A);
            a.B.ShouldBe(b.B);
        }
    }

    [Test]
    public void native_tensors_are_all_returned()
    {
        var device = Gpu.Device;
        var before = TorchInfo.LiveTensors;
        using (var model = Load(device, null))
        {
            Train(model, null);
        }

        TorchInfo.LiveTensors.ShouldBe(before);
    }

    private BaseModel Load(Device device, ScalarType? type)
    {
        using var file = GgufFile.Open(TinyGguf.Write(Path.Combine(_folder, "base.gguf")));
        return BaseModel.Load(file, device, type);
    }

    private TrainingResult Train(
        BaseModel model,
        string? checkpoint,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default
    ) =>
        new LoraTrainer(model, "base", TimeProvider.System).Train(
            Rows(),
            Options,
            checkpoint is null ? null : Path.Combine(_folder, checkpoint),
            progress,
            cancellation: cancellation
        );

    private static List<TrainingExample> Rows()
    {
        var random = new Random(2);
        return
        [
            .. Enumerable
                .Range(0, 8)
                .Select(i =>
                {
                    int[] tokens = [.. Enumerable.Range(0, 60 + 40 * i).Select(_ => random.Next(TinyGguf.Vocabulary))];
                    bool[] loss = [.. tokens.Select((_, t) => t > tokens.Length / 2)];
                    return new TrainingExample(tokens, loss, 1, new EpisodeId($"{i}"), 0);
                }),
        ];
    }

    private sealed class StopAfter(int steps, CancellationTokenSource cancel) : IProgress<StageProgress>
    {
        private int _seen;

        public void Report(StageProgress value)
        {
            if (++_seen == steps)
            {
                cancel.Cancel();
            }
        }
    }
}
