using Distiller.Mining.Examples;
using Distiller.Mining.Labelling;
using Distiller.Mining.Splitting;

namespace Distiller.Mining;

/// <summary>The counts of one mining run, as the command line shows them.</summary>
public sealed record MiningReport
{
    public required int Episodes { get; init; }

    /// <summary>Episodes left out because another says the same word for word.</summary>
    public required int Duplicates { get; init; }

    /// <summary>Tasks that ask what another asks in other words; they count as one of it.</summary>
    public int Reworded { get; init; }

    /// <summary>Of the episodes that stay, as the next two.</summary>
    public required int Succeeded { get; init; }

    public required int Failed { get; init; }

    public required int Unknown { get; init; }

    /// <summary>Sessions of people with agents, sub-agents counted with theirs.</summary>
    public int Sessions { get; init; }

    /// <summary>The same counts, and what the labels come from.</summary>
    public LabelCounts? Labels { get; init; }

    /// <summary>
    /// Share of the tokens that are taught, 0 to 1, whose episodes are known to have succeeded by a rule that nobody could
    /// measure in their format.
    /// </summary>
    public double UnmeasuredShare { get; init; }

    public required int Tasks { get; init; }

    /// <summary>Groups of tasks that are nearly the same; the split never divides one.</summary>
    public required int TaskGroups { get; init; }

    public required SplitMethod SplitMethod { get; init; }

    public required int TrainTasks { get; init; }

    public required int HoldoutTasks { get; init; }

    public required int Patterns { get; init; }

    /// <summary>See <see cref="Cards.Card"/>.</summary>
    public int Cards { get; init; }

    /// <summary>Tokens of the verbose block with all patterns.</summary>
    public required int PatternTokensInPrompt { get; init; }

    /// <summary>The least support looked for: the asked one, or more where the log was too rich for the bound on the work.</summary>
    public required int PatternSupportMin { get; init; }

    public required int FrequentSequences { get; init; }

    public required int ClosedSequences { get; init; }

    public required int HarmfulSequences { get; init; }

    /// <summary>Whether the bound on the work was reached even so, and patterns may be missing.</summary>
    public required bool PatternsTruncated { get; init; }

    /// <summary>Assistant turns of training episodes that teach nothing because they follow a rejected procedure; null without reviews.</summary>
    public int? UntaughtTurns { get; init; }

    public required ExampleReport TrainExamples { get; init; }

    public required ExampleReport HoldoutExamples { get; init; }
}
