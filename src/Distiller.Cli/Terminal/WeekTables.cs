using System.Globalization;
using Distiller.Cli.Commands;
using Distiller.Core;
using Distiller.Jobs.Scheduling.Store;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>How a week of nights looks to people.</summary>
internal static class WeekTables
{
    public static void Lived(IAnsiConsole console, WeekResult week)
    {
        var table = Output.Table(
            "night",
            "state",
            "#solved before",
            "#after",
            "#router",
            "#tokens a solved task before",
            "#after",
            "#router",
            "#of before",
            "#cost before",
            "#after",
            "what came of it"
        );
        foreach (var night in week.Nights)
        {
            table.AddRow(
                night.Night.ToString("ddd yyyy-MM-dd", CultureInfo.InvariantCulture),
                Output.Cell(night.State.ToString().ToLowerInvariant()),
                Solved(night.Before),
                Solved(night.After),
                Solved(night.Routed),
                Tokens(night.Before),
                Tokens(night.After),
                Tokens(night.Routed),
                Share(night),
                Usd(night.Before),
                Usd(night.After),
                Output.Cell(Came(night))
            );
        }

        console.Write(table);
        Plot(console, week);
        console.WriteLine();
        console.WriteLine($"see it all: ./distiller serve --home {UntrustedText.VisibleLines(week.Home)}");
    }

    private static void Plot(IAnsiConsole console, WeekResult week)
    {
        var max = week.Nights.Max(n => n.Before?.TokensPerSolvedTask ?? 0);
        if (max <= 0)
        {
            return;
        }

        console.WriteLine("tokens per solved task, with the handbook in the prompt and with the adapter");
        foreach (var night in week.Nights)
        {
            Bar(night.Night.ToString("ddd", CultureInfo.InvariantCulture), night.Before?.TokensPerSolvedTask);
            Bar(night.Published ? "" : "held", night.After?.TokensPerSolvedTask);
        }

        void Bar(string name, double? tokens)
        {
            const int Width = 50;
            var length = Math.Clamp((int)Math.Round(Width * (tokens ?? 0) / max), 0, Width);
            console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{name, 5}  {new string('█', length)} {tokens:N0}")
            );
        }
    }

    private static string Came(WeekNight night)
    {
        var paused = night.Visits > 1 ? "; paused when its window closed" : "";
        return night.State switch
        {
            RunState.Finished when night.Published => $"published ({night.Verdict}){paused}",
            RunState.Finished => $"held back by the gate ({night.Verdict}){paused}",
            _ => night.Reason,
        };
    }

    private static string Solved(RunArmFigures? arm) => arm is null ? "" : $"{arm.Solved} of {arm.Tasks}";

    private static string Tokens(RunArmFigures? arm) =>
        arm?.TokensPerSolvedTask is { } tokens ? tokens.ToString("N0", CultureInfo.InvariantCulture) : "-";

    private static string Share(WeekNight night) =>
        night.Before?.TokensPerSolvedTask is { } before
        && (night.Routed ?? night.After)?.TokensPerSolvedTask is { } after
            ? (after / before).ToString("P1", CultureInfo.InvariantCulture)
            : "-";

    private static string Usd(RunArmFigures? arm) =>
        arm?.CostPerSolvedTask is { } usd ? $"${usd.ToString("N5", CultureInfo.InvariantCulture)}" : "-";
}
