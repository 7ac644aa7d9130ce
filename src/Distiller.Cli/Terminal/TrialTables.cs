using System.Globalization;
using Distiller.Core;
using Distiller.Evaluation;
using Distiller.Evaluation.Statistics;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>How the arms of a trial look to people.</summary>
internal static class TrialTables
{
    /// <param name="page">Where there is more: the report, or the folder of the evaluation.</param>
    public static void Trial(IAnsiConsole console, TrialSummary summary, string page)
    {
        var figures = summary.Figures;
        var table = Output.Table(
            "arm",
            "",
            "#tasks",
            "#solved",
            "#success, 95 %",
            "#tokens per task",
            "#per solved task",
            "#cost per solved task"
        );
        foreach (var arm in figures.Arms)
        {
            var cost = arm.Costs.First(c => c.Price == summary.PrimaryPrice);
            table.AddRow(
                Output.Cell(arm.Arm),
                Output.Cell(summary.Arms.FirstOrDefault(a => a.Arm == arm.Arm)?.Title ?? ""),
                $"{arm.Tasks:N0}",
                $"{arm.Solved:N0}",
                Share(arm.Success),
                $"{arm.TokensPerTask.Mean:N0}",
                arm.TokensPerSolvedTask is { } tokens ? $"{tokens:N0}" : "-",
                cost.PerSolvedTask is { } usd ? Usd(usd) : "-"
            );
        }

        console.Write(table);
        console.MarkupLineInterpolated($"cost in US dollars at {UntrustedText.VisibleLines(summary.PrimaryPrice)}");
        if (figures.Comparisons.FirstOrDefault(c => c.Arm == TrialArm.AdapterInt4) is { } claim)
        {
            Claim(console, summary, claim);
        }

        if (figures.Plan is { } plan)
        {
            console.WriteLine(UntrustedText.VisibleLines($"plan: {plan.Arm}, {plan.Name}{Rival(plan)}"));
        }

        console.WriteLine(figures.Gate.IsOpen ? "published" : "not published:");
        foreach (var reason in figures.Gate.Reasons)
        {
            console.WriteLine($"  {UntrustedText.VisibleLines(reason)}");
        }

        console.WriteLine(UntrustedText.VisibleLines(page));
    }

    private static string Rival(TrialPlan plan) =>
        plan.Rival is not { } rival || rival == plan.Arm
            ? ""
            : $"; {plan.TokensOverRival ?? 0:P1} of the tokens of {rival}, dearer at {plan.RivalCheaperAt.Count} of {plan.Costs.Count} prices";

    private static void Claim(IAnsiConsole console, TrialSummary summary, TrialComparison claim)
    {
        var cost = claim.Costs.First(c => c.Price == summary.PrimaryPrice);
        var table = Output.Table("A3 against A1", "#", "#95 % interval");
        table.AddRow(
            $"success, points: {TrialJudge.Name(claim.Verdict)}",
            Points(claim.SuccessDifference.Value),
            $"{Points(claim.SuccessInterval.Low)} to {Points(claim.SuccessInterval.High)}"
        );
        Add(table, "tokens per solved task", claim.TokensPerSolvedTask);
        Add(table, "cost per solved task", cost.PerSolvedTask);
        console.Write(table);
        if (cost.BreakEvenTasks is { } tasks)
        {
            console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"training repaid after {Math.Ceiling(tasks):N0} tasks")
            );
        }
    }

    private static void Add(Table table, string name, Estimate? ratio)
    {
        if (ratio is not null)
        {
            table.AddRow(name, Percent(ratio.Value), ratio.Interval is { } i ? Range(i) : "none");
        }
    }

    private static string Share(Estimate share) =>
        $"{Percent(share.Value)} ({(share.Interval is { } i ? Range(i) : "none")})";

    private static string Range(Interval interval) => $"{Percent(interval.Low)} to {Percent(interval.High)}";

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);

    private static string Points(double share) => Cells.Signed(100 * share, 1);

    private static string Usd(double usd) =>
        usd.ToString(usd < 0.01 ? "0.000000" : "0.0000", CultureInfo.InvariantCulture);
}
