using System.Globalization;
using Distiller.Cli.Commands;
using Distiller.Core;
using Distiller.Opsdesk;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>How the sample company's results look to people.</summary>
internal static class DeskTables
{
    private const int NamesShown = 8;

    /// <summary>What a model did at the sample company's desk.</summary>
    public static void DeskRun(IAnsiConsole console, DeskRunResult result)
    {
        var f = result.Figures;
        var who = result.Adapter is null ? result.Base : $"{result.Base} with {result.Adapter}";
        console.MarkupLineInterpolated(
            $"{UntrustedText.VisibleLines(who)}, {(result.Handbook ? "the handbook in its prompt" : "no handbook")}: {UntrustedText.VisibleLines(result.Tasks)}"
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
            console.WriteLine($"transcripts {UntrustedText.VisibleLines(path)}");
        }
    }

    /// <summary>The company, then its handbook as it stands in a prompt, then tickets.</summary>
    public static void Company(IAnsiConsole console, CompanyOutput company)
    {
        var changes = company.Rules.Count(r => r.Stratum == Stratum.Changed);
        console.WriteLine(
            UntrustedText.VisibleLines(
                $"{company.Company}, company {company.Seed}, day {company.Day}: {company.Rules.Count} rules"
            )
        );
        var estate = Output.Table("what", "#number", "such as");
        foreach (var (what, names) in Lists(company))
        {
            estate.AddRow(what, Cells.Number(names.Count), Output.Cell(string.Join(", ", names.Take(NamesShown))));
        }

        console.Write(estate);
        console.WriteLine(
            company.Day < company.DriftDay
                ? $"On day {company.DriftDay}, after the logged days, {changes} of them will change and others be added."
                : $"Changed by the newest drift: {changes}; new: {company.Rules.Count(r => r.Stratum == Stratum.Unseen)}."
        );
        console.WriteLine();
        console.WriteLine("Handbook");
        foreach (var rule in company.Rules)
        {
            console.WriteLine(UntrustedText.VisibleLines(rule.Entry));
        }

        foreach (var ticket in company.Tickets)
        {
            console.WriteLine();
            console.WriteLine(UntrustedText.VisibleLines($"{ticket.Time:u} {ticket.Text}"));
            console.WriteLine(UntrustedText.VisibleLines($"  falls under {ticket.Rule}"));
        }
    }

    private static IEnumerable<(string What, IReadOnlyList<string> Names)> Lists(CompanyOutput company) =>
        [
            ("services", company.Services),
            ("teams", company.Teams),
            ("topics of queues", company.Topics),
            ("hosts", company.Hosts),
            ("accounts", company.Accounts),
            ("queues", company.Queues),
            ("people on call", company.OnCall),
            ("assets", company.Assets),
            ("keys", company.Keys),
            ("links", company.Links),
            ("tools", [.. company.Tools.Select(t => t.ToString())]),
        ];

    public static void Generated(IAnsiConsole console, GeneratedResult result) =>
        console.MarkupLineInterpolated(
            $"{result.Episodes:N0} episodes of {UntrustedText.VisibleLines(result.Company)} in {UntrustedText.VisibleLines(result.File)}; see: distiller collect"
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
            $"{result.Parameters:N0} parameters after {result.Steps:N0} of {result.Budget:N0} steps, {result.Tokens:N0} tokens: {UntrustedText.VisibleLines(result.Base)} ({result.Bytes:N0} bytes)"
        );
        if (!result.IsFinished)
        {
            console.WriteLine("The time was up. The same command goes on from the checkpoint.");
        }
    }
}
