using System.Globalization;
using Distiller.Evaluation;
using Distiller.Evaluation.Statistics;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>What tried patterns are worth, to people.</summary>
internal static class ReplayTables
{
    public static void Tried(IAnsiConsole console, IReadOnlyList<PatternValue> values)
    {
        if (values.Count == 0)
        {
            console.WriteLine(
                "No pattern was tried. Patterns are tried by nights with tasks that can be run, where replay-tasks says on how many."
            );
            return;
        }

        var table = Output.Table(
            "pattern",
            "steps",
            "#tasks",
            "#solved with",
            "#without",
            "#words shuffled",
            "#gain, 95 %",
            "#over shuffled",
            "#costs",
            "#saves",
            "#repaid after",
            "what follows"
        );
        foreach (var v in values)
        {
            table.AddRow(
                Output.Cell(v.Pattern),
                Output.Cell(string.Join(" > ", v.Tools)),
                Cells.Number(v.Tasks),
                Cells.Number(v.Solved),
                Cells.Number(v.SolvedWithout),
                Cells.Number(v.SolvedShuffled),
                Range(v.Gain, 2),
                Range(v.GainOverShuffled, 2),
                Cells.Number((long)Math.Round(v.CostTokens)),
                Range(v.SavedTokens, 0),
                v.RepaidAfterTasks is { } after ? Cells.Number(after) : "never",
                v.IsRefuted ? "not taught"
                    : v.IsShown ? "a gain is shown"
                    : "no effect is shown"
            );
        }

        console.Write(table);
        console.WriteLine(
            "Costs: tokens of the pattern in a task's prompts. Saves: other tokens of a task without it less those with it. Repaid: tasks after which a taught pattern has saved what trying it took."
        );
    }

    private static string Range(Estimate estimate, int decimals) =>
        estimate.Interval is { } i
            ? $"{Cells.Signed(i.Low, decimals)} to {Cells.Signed(i.High, decimals)}"
            : estimate.Value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
}
