using Distiller.Pretraining;
using Distiller.Training.Torch;

namespace Distiller.Tests.Pretraining;

/// <summary>A model and a ladder that are trained in a moment.</summary>
internal static class Toy
{
    public static TinyArchitecture Architecture =>
        new()
        {
            Width = 32,
            Layers = 2,
            Heads = 4,
            KvHeads = 2,
            FeedForward = 48,
            Vocabulary = 40,
            Context = 64,
            RopeFactors = [1, 1, 2, 4],
        };

    public static PretrainingOptions Options =>
        new()
        {
            Steps = 60,
            TokensPerStep = 120,
            TokensPerPass = 50,
            WarmUpSteps = 5,
            MuonRate = 0.02,
            AdamRate = 0.01,
            PassBatches = 6,
            CheckpointEverySteps = 7,
            Seed = 3,
        };

    public static PretrainingResult Train(
        string folder,
        PretrainingOptions? options = null,
        ICurriculum? curriculum = null,
        IStart? start = null,
        TimeSpan? limit = null,
        IProgress<StageProgress>? progress = null,
        TimeProvider? time = null,
        CancellationToken cancellation = default
    ) =>
        new Pretrainer(
            Architecture,
            curriculum ?? new Pairs(),
            options ?? Options,
            Device.Cpu,
            time ?? TimeProvider.System
        ).Train(start ?? new RandomStart(1), folder, limit, progress, cancellation);

    /// <summary>Questions of one token, answered by two that the question decides; each rung knows more questions.</summary>
    internal sealed class Pairs : ICurriculum
    {
        public int RungCount => 3;

        public string RungName(int rung) => $"{4 << rung} questions";

        public PretrainingRow Draw(int rung, long seed)
        {
            var random = new Random((int)seed);
            var count = random.Next(4, 9);
            int[] tokens =
            [
                .. Enumerable
                    .Range(0, count)
                    .SelectMany(_ =>
                    {
                        var question = random.Next(4 << rung);
                        return new[] { question, 16 + question, 16 + (question + 5) % 16 };
                    }),
            ];
            return new PretrainingRow(
                tokens,
                [.. tokens.Select((_, t) => t % 3 != 0)],
                [.. tokens.Select((_, t) => t / 3)]
            );
        }
    }
}
