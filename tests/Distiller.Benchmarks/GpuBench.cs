using System.Diagnostics;
using System.Globalization;
using CliWrap.Buffered;
using Distiller.Core;
using Distiller.Gguf;
using Distiller.Training.Distilling;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Benchmarks;

/// <summary>
/// What a training step of a shape costs on a device, through the product's own trainer: tokens a second, the share of the
/// device's arithmetic that the model's formulas need (model FLOP utilisation), and the peak of memory.
/// </summary>
internal static class GpuBench
{
    private const int Rank = 32;
    private const int RowTokens = 1024;
    private const int RowsPerStep = 4;
    private const int WarmUpSteps = 2;
    private const double LossShare = 0.5;

    /// <param name="name">Of a <see cref="BaseShape"/>.</param>
    /// <param name="device"><c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</param>
    /// <param name="steps">That are measured.</param>
    /// <param name="peakTeraflops">
    /// Of the device in bfloat16 without sparsity. 0: on a CPU the speed of a matrix product, measured here; on a GPU the
    /// utilisation is left out.
    /// </param>
    /// <param name="checkpointing">Whether activations are computed twice.</param>
    public static int Run(string name, string device, int steps, double peakTeraflops, bool checkpointing)
    {
        var shape = BaseShape.Known.Single(s => s.Name == name);
        var isCpu = device is "cpu";
        var folder = Directory.CreateTempSubdirectory("distiller-gpu-bench-").FullName;
        try
        {
            var path = Path.Combine(folder, "random.gguf");
            shape.Write(path);
            var peak = isCpu && peakTeraflops == 0 ? TorchInfo.MatmulGigaflops(512, isHalf: true) / 1e3 : peakTeraflops;
            using var memory = new PeakMemory(isCpu);
            using var file = GgufFile.Open(path);
            using var model = BaseModel.Load(file, device, Precision.Bf16);
            var rowTokens = isCpu ? RowTokens / 8 : RowTokens;
            var rows = Rows(shape, rowTokens, (steps + WarmUpSteps) * RowsPerStep);
            var computed = PackedRows.ComputedTokens(rows[0]);
            var marks = new Marks();
            var options = new TrainingOptions
            {
                Rank = Rank,
                Alpha = 2 * Rank,
                TokensPerStep = RowsPerStep * computed,
                TokensPerPass = RowsPerStep * computed,
                Epochs = 1,
                MaxTrainTokens = long.MaxValue / 1024 / 1024,
                ActivationCheckpointing = checkpointing,
            };
            var result = new LoraTrainer(model, "", TimeProvider.System).Train(rows, options, null, marks);
            if (result.Curve.Count != steps + WarmUpSteps || result.Curve.Any(s => !double.IsFinite(s.Loss)))
            {
                throw new InvalidOperationException("The training was not the one that was to be measured.");
            }

            var seconds = marks.Seconds.Skip(WarmUpSteps - 1).ToList();
            var each = seconds.Zip(seconds.Skip(1), (a, b) => b - a).Order().ToList();
            var speed = RowsPerStep * computed / each[each.Count / 2];
            var utilisation = speed * shape.FlopsPerToken(Rank, computed, LossShare) / (peak * 1e12);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {shape.Name} ({shape.Parameters / 1e6:N0} M){(checkpointing ? ", activations computed twice" : "")} | {speed:N0} | {(peak > 0 ? utilisation.ToString("P1", CultureInfo.InvariantCulture) : "-")} | {memory.Stop():N0} |"
                )
            );
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<TrainingExample> Rows(BaseShape shape, int tokens, int count)
    {
        var random = new Random(7);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new TrainingExample(
                    [.. Enumerable.Range(0, tokens + 1).Select(_ => random.Next(Math.Min(shape.Vocabulary, 1000)))],
                    [.. Enumerable.Range(0, tokens + 1).Select(t => t > tokens * (1 - LossShare))],
                    1,
                    new EpisodeId(i.ToString(CultureInfo.InvariantCulture)),
                    0
                )),
        ];
    }

    /// <summary>Seconds at the end of each step. The trainer reads a step's loss before it reports: the device is done then.</summary>
    private sealed class Marks : IProgress<StageProgress>
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();

        public List<double> Seconds { get; } = [];

        public void Report(StageProgress value) => Seconds.Add(_watch.Elapsed.TotalSeconds);
    }

    /// <summary>
    /// Megabytes: of this process on a CPU; on a GPU what nvidia-smi reports as used of the whole device, asked for four times
    /// a second, since libtorch's binding does not tell what it has allocated.
    /// </summary>
    private sealed class PeakMemory : IDisposable
    {
        private readonly bool _isCpu;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _watching;
        private long _peak;

        public PeakMemory(bool isCpu)
        {
            _isCpu = isCpu;
            _watching = isCpu ? Task.CompletedTask : Task.Run(WatchAsync);
        }

        public long Stop()
        {
            _stop.Cancel();
            _watching.GetAwaiter().GetResult();
            return _isCpu ? OwnPeak() : _peak;
        }

        public void Dispose()
        {
            _stop.Cancel();
            _stop.Dispose();
        }

        private static long OwnPeak() =>
            long.Parse(
                File.ReadLines("/proc/self/status")
                    .First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal))
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
                CultureInfo.InvariantCulture
            ) / 1024;

        private async Task WatchAsync()
        {
            while (!_stop.IsCancellationRequested)
            {
                var told = await CliWrap
                    .Cli.Wrap("nvidia-smi")
                    .WithArguments(["--query-gpu=memory.used", "--format=csv,noheader,nounits"])
                    .ExecuteBufferedAsync();
                _peak = Math.Max(
                    _peak,
                    told.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                        .Max(l => long.Parse(l.Trim(), CultureInfo.InvariantCulture))
                );
                await Task.Delay(TimeSpan.FromMilliseconds(250));
            }
        }
    }
}
