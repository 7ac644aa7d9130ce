using Distiller.Evaluation;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Cli.Commands;

/// <summary>One night of a week.</summary>
/// <param name="State">As <c>jobs list</c> has it.</param>
/// <param name="Visits">Times the training was begun: more than one where the window closed on it.</param>
/// <param name="Before">The arm with the handbook in its prompt (A1).</param>
/// <param name="After">The arm with the INT4 adapter (A3).</param>
internal sealed record WeekNight(
    string Run,
    DateOnly Night,
    RunState State,
    string Reason,
    int Visits,
    bool Published,
    string? Verdict,
    IReadOnlyList<string> GateReasons,
    ArmFigures? Before,
    ArmFigures? After
)
{
    public static WeekNight Of(Run run, IReadOnlyList<RunStage> stages) =>
        new(
            run.Id,
            run.Night,
            run.State,
            run.Reason,
            stages.FirstOrDefault(s => s.Name == "distill")?.Visits ?? 0,
            run.Figures?.Published ?? false,
            run.Figures?.Verdict,
            run.Figures?.GateReasons ?? [],
            run.Figures?.Arms.FirstOrDefault(a => a.Arm == TrialArm.VerboseContext),
            run.Figures?.Arms.FirstOrDefault(a => a.Arm == TrialArm.AdapterInt4)
        );
}
