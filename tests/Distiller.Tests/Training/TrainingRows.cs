using Distiller.Training.Distilling;
using Distiller.Training.Lora;

namespace Distiller.Tests.Training;

/// <summary>Small seeded rows for the tiny base, and options under which they train in a moment.</summary>
internal static class TrainingRows
{
    public static TrainingOptions Quick =>
        new()
        {
            Rank = 4,
            Alpha = 8,
            Targets = LoraTargets.All,
            LearningRate = 5e-3,
            TokensPerStep = 40,
            TokensPerPass = 25,
            Epochs = 4,
            Seed = 9,
        };

    public static List<TrainingExample> Some(int count)
    {
        var random = new Random(5);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    int[] tokens = [.. Enumerable.Range(0, 8 + 3 * i).Select(_ => random.Next(TinyBase.Tokens.Count))];
                    return new TrainingExample(
                        tokens,
                        [.. tokens.Select((_, t) => t > 0 && t % 3 == 0)],
                        1,
                        new EpisodeId($"{i}"),
                        0
                    );
                }),
        ];
    }
}
