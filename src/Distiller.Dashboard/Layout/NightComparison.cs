using Distiller.Evaluation;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Dashboard.Layout;

/// <summary>The figures of a night as the pages compare them: before is the context in the prompt, after the INT4 adapter,
/// with its router where that is what was shown.</summary>
internal static class NightComparison
{
    public static RunArmFigures? Before(RunFigures? figures) => Arm(figures, TrialArm.VerboseContext);

    public static RunArmFigures? After(RunFigures? figures) => Arm(figures, figures?.Claim ?? TrialArm.AdapterInt4);

    public static bool IsHeldBack(Run run) => run is { State: RunState.Finished, Figures.Published: false };

    /// <summary>After over before, of tokens per solved task; null where either solved nothing.</summary>
    public static double? TokenShare(RunFigures? figures) =>
        Before(figures)?.TokensPerSolvedTask is { } before and > 0 && After(figures)?.TokensPerSolvedTask is { } after
            ? after / before
            : null;

    /// <summary>The verdict in words that a reader who has not seen the trial understands.</summary>
    public static string Words(string? verdict) =>
        verdict switch
        {
            "superior" => "solves more than the handbook in the prompt",
            "non-inferior" => "as good as the handbook in the prompt",
            "inferior" => "solves less than the handbook in the prompt",
            "inconclusive" => "too few tasks to tell",
            _ => "not tried on tasks",
        };

    private static RunArmFigures? Arm(RunFigures? figures, string code) =>
        figures?.Arms.FirstOrDefault(a => a.Arm == code);
}
