using System.Globalization;
using System.Text.Json;
using Distiller.Core;
using Distiller.Gguf;
using Distiller.Training.Distilling;
using Distiller.Training.Model;
using Distiller.Training.Torch;
#if !SHIM
using Device = TorchSharp.torch.Device;
using ScalarType = TorchSharp.torch.ScalarType;
#endif

namespace Distiller.Benchmarks;

/// <summary>
/// Trains on one thread and tells what each step cost. It is compiled twice: here, and with SHIM defined against a build of
/// the code before TorchSharp, so that both are measured by the same lines.
/// </summary>
internal static class TrainingStepChild
{
    /// <param name="args">Base, file of rows ([tokens, first token with loss] each), tokens per step, fp32 or bf16.</param>
    public static int Run(string[] args)
    {
        var isHalf = args[3] is "bf16";
#if SHIM
        torch.set_num_threads(1);
#else
        TorchInfo.Threads = 1;
#endif
        var random = new Random(7);
        var rows = new List<TrainingExample>();
        foreach (var row in JsonSerializer.Deserialize<int[][]>(File.ReadAllBytes(args[1]))!)
        {
            // From a small vocabulary: something can be learnt, so that the loss falls as in a night.
            int[] tokens = [.. Enumerable.Range(0, row[0]).Select(_ => 1000 + 7 * random.Next(60))];
            bool[] loss = [.. tokens.Select((_, t) => t >= row[1])];
            rows.Add(
                new TrainingExample(
                    tokens,
                    loss,
                    1,
                    new EpisodeId(rows.Count.ToString(CultureInfo.InvariantCulture)),
                    0
                )
            );
        }

        using var file = GgufFile.Open(args[0]);
        using var model = BaseModel.Load(file, Device.Cpu, isHalf ? ScalarType.BFloat16 : ScalarType.Float32);
        var trainer = new LoraTrainer(model, "base", TimeProvider.System);
        var marks = new Marks();
        var options = new TrainingOptions
        {
            Rank = 32,
            Alpha = 64,
            LearningRate = 1e-3,
            TokensPerStep = int.Parse(args[2], CultureInfo.InvariantCulture),
            Epochs = 1,
        };
        var result = trainer.Train(rows, options, null, marks);
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    Seconds = marks.Seconds.Zip(marks.Seconds.Skip(1), (a, b) => b - a),
                    Tokens = result.Curve.Skip(1).Zip(result.Curve, (b, a) => b.Tokens - a.Tokens),
                    Losses = result.Curve.Select(s => s.Loss),
                    PeakMegabytes = PeakMegabytes(),
                }
            )
        );
        return 0;
    }

#if SHIM
    public static int Main(string[] args) => Run(args);
#endif

    private static long PeakMegabytes() =>
        long.Parse(
            File.ReadLines("/proc/self/status")
                .First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) / 1024;

    /// <summary>Processor seconds after each step; the first step, in which kernels are made, is before the first mark.</summary>
    private sealed class Marks : IProgress<StageProgress>
    {
        public List<double> Seconds { get; } = [];

        public void Report(StageProgress value) => Seconds.Add(Environment.CpuUsage.TotalTime.TotalSeconds);
    }
}
