namespace Distiller.Mining.Patterns;

public sealed record PatternOptions
{
    /// <summary>Distinct successful training episodes that must follow a procedure; at least 1.</summary>
    public int SupportMin { get; init; } = 3;

    /// <summary>Distinct tasks among them, near-duplicates counted once; at least 1. Two keep the peculiarities of one task out.</summary>
    public int TasksMin { get; init; } = 2;

    /// <summary>Steps of the shortest procedure; at least 2.</summary>
    public int StepsMin { get; init; } = 2;

    /// <summary>Steps of the longest procedure; at most 16.</summary>
    public int StepsMax { get; init; } = 8;

    /// <summary>Other calls that may stand between two steps; 0 to 2.</summary>
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

    /// <summary>Patterns given back, the most useful first; at least 1.</summary>
    public int PatternsMax { get; init; } = 16;

    /// <summary>Frequent sequences looked at; bounds the work to this many passes over parts of the log.</summary>
    public int SequencesMax { get; init; } = 20_000;

    /// <summary>Steps of an episode that are looked at, from its start.</summary>
    public int StepsPerEpisodeMax { get; init; } = 256;

    /// <summary>Words of an intent; at least 1.</summary>
    public int IntentWordsMax { get; init; } = 6;

    /// <summary>How long a pattern holds after the newest episode behind it.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(30);

    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SupportMin, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(TasksMin, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StepsMin, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(StepsMax, StepsMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(StepsMax, 16);
        ArgumentOutOfRangeException.ThrowIfNegative(GapMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(GapMax, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(PatternsMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SequencesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StepsPerEpisodeMax, StepsMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(IntentWordsMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Lifetime, TimeSpan.Zero);
    }
}
