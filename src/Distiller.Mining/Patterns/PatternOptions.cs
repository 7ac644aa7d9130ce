using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Mining.Patterns;

public sealed record PatternOptions : IValidatableObject
{
    /// <summary>Distinct training episodes.</summary>
    [Setting("min-support", "Fewest successful episodes behind a pattern")]
    [Range(2, 1_000_000)]
    public int SupportMin { get; init; } = 3;

    /// <summary>Distinct tasks among them, near-duplicates counted once. Two keep the peculiarities of one task out.</summary>
    [Range(1, int.MaxValue)]
    public int TasksMin { get; init; } = 2;

    /// <summary>Steps of the shortest procedure.</summary>
    [Range(2, 16)]
    public int StepsMin { get; init; } = 2;

    /// <summary>Steps of the longest procedure.</summary>
    [Range(2, 16)]
    public int StepsMax { get; init; } = 8;

    /// <summary>Other calls that may stand between two steps.</summary>
    [Range(0, 2)]
    public int GapMax { get; init; } = 1;

    /// <summary>Tools that only think or plan: they leave the world as it is and are no step of a procedure.</summary>
    public IReadOnlySet<string> ThinkingTools { get; init; } =
        new HashSet<string>(StringComparer.OrdinalIgnoreCase)
        {
            "think",
            "sequentialthinking",
            "TodoWrite",
            "TodoRead",
            "TaskCreate",
            "TaskUpdate",
            "TaskList",
            "update_plan",
        };

    /// <summary>Patterns given back, the most useful first.</summary>
    [Range(1, int.MaxValue)]
    public int PatternsMax { get; init; } = 16;

    /// <summary>Frequent sequences looked at; bounds the work to this many passes over parts of the log.</summary>
    [Range(1, int.MaxValue)]
    public int SequencesMax { get; init; } = 20_000;

    /// <summary>Steps of an episode that are looked at, from its start.</summary>
    [Range(2, int.MaxValue)]
    public int StepsPerEpisodeMax { get; init; } = 256;

    /// <summary>Words of an intent.</summary>
    [Range(1, int.MaxValue)]
    public int IntentWordsMax { get; init; } = 6;

    /// <summary>How long a pattern holds after the newest episode behind it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "36500.00:00:00")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(30);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (StepsMax < StepsMin)
        {
            yield return new ValidationResult(
                $"Give {StepsMin} or more, as {nameof(StepsMin)} is.",
                [nameof(StepsMax)]
            );
        }

        if (StepsPerEpisodeMax < StepsMax)
        {
            yield return new ValidationResult(
                $"Give {StepsMax} or more, as {nameof(StepsMax)} is.",
                [nameof(StepsPerEpisodeMax)]
            );
        }
    }
}
