using System.Globalization;
using Distiller.Cli.Commands;
using Distiller.Cli.Desk;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>How the sample company's results look to people.</summary>
internal static class DeskTables
{
    /// <summary>What a model did at the sample company's desk.</summary>
    public static void DeskRun(IAnsiConsole console, DeskRunResult result)
    {
        var f = result.Figures;
        var who = result.Adapter is null ? result.Base : $"{result.Base} with {result.Adapter}";
        console.MarkupLineInterpolated(
            $"{Printable.Text(who)}, {(result.Handbook ? "the handbook in its prompt" : "no handbook")}: {Printable.Text(result.Tasks)}"
        );
        var solved = Output.Table("stratum", "#tickets", "#solved", "#", "#tokens per ticket");
        foreach (var s in f.Strata)
        {
            solved.AddRow(
                Output.Cell(s.Stratum),
                Cells.Number(s.Tasks),
                Cells.Number(s.Solved),
                Cells.Percent((double)s.Solved / s.Tasks),
                $"{s.TokensPerTask:N0}"
            );
        }

        solved.AddRow(
            "[bold]all[/]",
            Cells.Number(f.Tasks),
            Cells.Number(f.Solved),
            Cells.Percent(f.Success.Value),
            $"{f.TokensPerTask.Mean:N0}"
        );
        console.Write(solved);
        var tokens = Output.Table("tokens per ticket", "#cache read", "#cache write", "#output", "#requests");
        tokens.AddRow(
            "",
            $"{(double)f.Tokens.CacheRead / f.Tasks:N1}",
            $"{(double)f.Tokens.CacheWrite / f.Tasks:N1}",
            $"{(double)f.Tokens.Output / f.Tasks:N1}",
            $"{(double)f.Requests / f.Tasks:N1}"
        );
        console.Write(tokens);
        if (f.Failures.Count > 0)
        {
            var failures = Output.Table("not solved because", "#tickets");
            foreach (var failure in f.Failures)
            {
                failures.AddRow(Output.Cell(failure.Reason), Cells.Number(failure.Tasks));
            }

            console.Write(failures);
        }

        if (result.Transcripts is { } path)
        {
            console.WriteLine($"transcripts {Printable.Text(path)}");
        }
    }

    public static void Generated(IAnsiConsole console, GeneratedResult result) =>
        console.MarkupLineInterpolated(
            $"{result.Episodes:N0} episodes of {Printable.Text(result.Company)} in {Printable.Text(result.File)}; see: distiller collect"
        );

    public static void Pretrained(IAnsiConsole console, PretrainedResult result)
    {
        var table = Output.Table("rung", "#steps", "#exact match");
        foreach (var (name, steps, exactMatch) in result.Rungs)
        {
            table.AddRow(
                Output.Cell(name),
                Cells.Number(steps),
                exactMatch is { } share ? share.ToString("P1", CultureInfo.InvariantCulture) : "–"
            );
        }

        console.Write(table);
        console.MarkupLineInterpolated(
            $"{result.Parameters:N0} parameters after {result.Steps:N0} of {result.Budget:N0} steps, {result.Tokens:N0} tokens: {Printable.Text(result.Base)} ({result.Bytes:N0} bytes)"
        );
        if (!result.IsFinished)
        {
            console.WriteLine("The time was up. The same command goes on from the checkpoint.");
        }
    }
}
