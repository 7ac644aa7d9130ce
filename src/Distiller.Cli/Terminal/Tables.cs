using System.Globalization;
using Distiller.Cli.Commands;
using Distiller.Cli.Desk;
using Distiller.Core;
using Distiller.Evaluation;
using Distiller.Jobs;
using Distiller.Jobs.Models;
using Distiller.Mining.Collecting;
using Distiller.Registry;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>How results look to people.</summary>
internal static class Tables
{
    private const int PatternsShown = 10;

    public static void Collected(IAnsiConsole console, CollectReport report)
    {
        var table = Output.Table(
            "format",
            "#records",
            "#stored",
            "#duplicates",
            "#quarantined",
            "#episodes",
            "#turns",
            "#requests",
            "#input",
            "#cache read",
            "#cache write",
            "#output"
        );
        foreach (var (format, f) in report.Formats)
        {
            table.AddRow([
                Output.Cell(format),
                .. Numbers(f.Records, f.Stored, f.Duplicates, f.Quarantined, f.Episodes, f.Turns, f.Requests),
                .. Numbers(f.Usage.Input, f.Usage.CacheRead, f.Usage.CacheWrite, f.Usage.Output),
            ]);
        }

        table.AddRow([
            "[bold]all[/]",
            .. Numbers(report.Records, report.Stored, report.Duplicates, report.Quarantined),
            .. Numbers(report.Episodes, report.Turns, report.Requests),
            .. Numbers(report.Usage.Input, report.Usage.CacheRead, report.Usage.CacheWrite, report.Usage.Output),
        ]);
        console.Write(table);
        if (report.Quarantined > 0)
        {
            console.MarkupLineInterpolated(
                $"why {report.Quarantined:N0} records are in quarantine: distiller quarantine"
            );
        }
    }

    public static void Quarantined(IAnsiConsole console, IReadOnlyList<QuarantinedRecord> records)
    {
        var table = Output.Table("place", "format", "reason", "remedy");
        foreach (var record in records)
        {
            table.AddRow(
                Output.Cell(record.Place.ToString()),
                Output.Cell(record.Format),
                Output.Cell(record.Reason),
                Output.Cell(record.Remedy)
            );
        }

        console.Write(table);
        console.MarkupLineInterpolated($"{records.Count:N0} records");
    }

    public static void Mined(IAnsiConsole console, MinedResult result)
    {
        var r = result.Report;
        console.MarkupLineInterpolated(
            $"{r.Episodes:N0} episodes ({r.Succeeded:N0} succeeded, {r.Failed:N0} failed, {r.Unknown:N0} unknown, {r.Duplicates:N0} duplicates); {r.TrainTasks:N0} train and {r.HoldoutTasks:N0} holdout tasks"
        );
        console.MarkupLineInterpolated(
            $"{r.TrainExamples.Windows:N0} training rows, {r.TrainExamples.Tokens:N0} tokens, {r.TrainExamples.LossTokens:N0} of them with loss; {r.HoldoutExamples.Windows:N0} holdout rows"
        );
        var reductions = Output.Table("reducer", "#outputs", "#tokens before", "#after", "#saved");
        foreach (var reduction in result.Reductions)
        {
            reductions.AddRow([
                Output.Cell(reduction.Reducer),
                .. Numbers(reduction.Outputs, reduction.TokensBefore, reduction.TokensAfter),
                Percent(reduction.Saved),
            ]);
        }

        console.Write(reductions);
        var table = Output.Table("intent", "steps", "#support", "#tasks", "#with", "#without", "#lift, 95 %");
        foreach (var p in result.Patterns.Take(PatternsShown))
        {
            table.AddRow(
                Output.Cell(p.Intent),
                Output.Cell(string.Join("\n", p.Steps)),
                Number(p.Support),
                Number(p.Tasks),
                Percent(p.SuccessWith),
                Percent(p.SuccessWithout),
                $"{p.Lift.Low:+0.00;-0.00} to {p.Lift.High:+0.00;-0.00}"
            );
        }

        console.Write(table);
        if (result.Patterns.Count > PatternsShown)
        {
            console.MarkupLineInterpolated($"and {result.Patterns.Count - PatternsShown} more; --json lists all.");
        }
    }

    public static void Distilled(IAnsiConsole console, DistilledResult result) =>
        console.MarkupLineInterpolated(
            $"adapter {result.Artifact}: {result.Training.TrainTokens:N0} tokens in {result.Training.Steps:N0} steps, last loss {result.Training.FinalLoss:F3}"
        );

    public static void Quantized(IAnsiConsole console, QuantizedResult result)
    {
        Files(console, result.Manifest.Files.Select(f => (f.Path, f.Bytes, f.Sha256)));
        console.MarkupLineInterpolated(
            $"INT4 error of BA: mean {result.Manifest.MeanError:P1}, worst {result.Manifest.WorstError:P1}; plain Q4_0 would be {result.Manifest.MeanPlainError:P1}"
        );
        console.MarkupLineInterpolated($"{result.Folder}");
    }

    public static void Evaluated(IAnsiConsole console, EvaluatedResult result)
    {
        var s = result.Summary;
        var table = Output.Table("arm", "#loss", "#against base, 95 %", "#same tool", "#same call", "#of");
        var calls = s.CallAgreement;
        table.AddRow(["base", Loss(s.HoldoutLoss.Base), "", .. Calls(calls.Base)]);
        table.AddRow([
            "adapter F16",
            Loss(s.HoldoutLoss.AdapterF16),
            Change(s.LossComparisons.AdapterF16VersusBase.RelativeChange),
            .. Calls(calls.AdapterF16),
        ]);
        table.AddRow([
            "adapter INT4",
            Loss(s.HoldoutLoss.AdapterInt4),
            Change(s.LossComparisons.AdapterInt4VersusBase.RelativeChange),
            .. Calls(calls.AdapterInt4),
        ]);
        console.Write(table);
        console.MarkupLineInterpolated(
            $"loss in nats per completion token, {s.CompletionTokens:N0} tokens of {s.MeasuredEpisodes} held-out episodes"
        );
        console.MarkupLineInterpolated(
            $"tokens per step: {s.TokensPerStep.Before:N0} with the verbose context, {s.TokensPerStep.After:N0} without"
        );
        console.MarkupLineInterpolated($"{result.Report}");
    }

    public static void Night(IAnsiConsole console, NightReport report)
    {
        var table = Output.Table("", "#before", "#after");
        table.AddRow(
            "held-out loss, nats per token",
            Loss(report.HoldoutLoss.Base),
            Loss(report.HoldoutLoss.AdapterInt4)
        );
        table.AddRow("  with the 16-bit adapter", "", Loss(report.HoldoutLoss.AdapterF16));
        table.AddRow(
            "tokens per step",
            Number((long)Math.Round(report.TokensPerStep.Before)),
            Number((long)Math.Round(report.TokensPerStep.After))
        );
        table.AddRow("adapter, bytes (F16, INT4)", Number(report.AdapterBytes.F16), Number(report.AdapterBytes.Int4));
        console.Write(table);
        Bars(console, "held-out loss", report.HoldoutLoss.Base, report.HoldoutLoss.AdapterInt4, decimals: 3);
        Bars(console, "tokens per step", report.TokensPerStep.Before, report.TokensPerStep.After, decimals: 0);
        console.MarkupLineInterpolated(
            $"{report.Episodes:N0} episodes, {report.Quarantined:N0} records quarantined, {report.Patterns} patterns, {report.TrainTokens:N0} tokens trained"
        );
        if (report.Release is { } release)
        {
            console.MarkupLineInterpolated($"release {release}; see: distiller report {release}");
        }

        console.WriteLine($"adapter {Printable.Text(report.Adapter)}");
        if (report.Trial is not null)
        {
            TrialTables.Shown(console, TrialFolder.ReadSummary(Path.GetDirectoryName(report.Report)!), report.Report);
        }
    }

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
                Number(s.Tasks),
                Number(s.Solved),
                Percent((double)s.Solved / s.Tasks),
                $"{s.TokensPerTask:N0}"
            );
        }

        solved.AddRow(
            "[bold]all[/]",
            Number(f.Tasks),
            Number(f.Solved),
            Percent(f.Success.Value),
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
                failures.AddRow(Output.Cell(failure.Reason), Number(failure.Tasks));
            }

            console.Write(failures);
        }

        if (result.Transcripts is { } path)
        {
            console.WriteLine($"transcripts {Printable.Text(path)}");
        }
    }

    public static void Releases(IAnsiConsole console, IReadOnlyList<Release> releases)
    {
        if (releases.Count == 0)
        {
            console.WriteLine("No release yet. 'distiller nightly' publishes one.");
            return;
        }

        var table = Output.Table(
            "release",
            "created",
            "base",
            "#loss before",
            "#after",
            "#tokens before",
            "#after",
            "#INT4 bytes"
        );
        foreach (var r in releases)
        {
            table.AddRow(
                r.Id,
                r.Created.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                Output.Cell(r.Base.Name),
                Loss(r.Evaluation.LossBase),
                Loss(r.Evaluation.LossAdapterInt4),
                $"{r.Evaluation.TokensPerStepBefore:N0}",
                $"{r.Evaluation.TokensPerStepAfter:N0}",
                Number(r.Files.FirstOrDefault(f => f.Path == Gguf.Exporter.Int4File)?.Bytes ?? 0)
            );
        }

        console.Write(table);
    }

    public static void Release(IAnsiConsole console, Release release)
    {
        console.MarkupLineInterpolated(
            $"release [bold]{release.Id}[/] of {release.Created:u}, after {release.Parent ?? "none"}"
        );
        console.MarkupLineInterpolated($"base {Printable.Text(release.Base.Name)}, sha256 {release.Base.Sha256}");
        console.MarkupLineInterpolated(
            $"held-out loss {release.Evaluation.LossBase:F3} -> {release.Evaluation.LossAdapterF16:F3} (F16), {release.Evaluation.LossAdapterInt4:F3} (INT4); tokens per step {release.Evaluation.TokensPerStepBefore:N0} -> {release.Evaluation.TokensPerStepAfter:N0}"
        );
        var lineage = Output.Table("stage", "made from");
        foreach (var artifact in release.Lineage)
        {
            lineage.AddRow(Output.Cell(artifact.Stage), Output.Cell(artifact.Key));
        }

        console.Write(lineage);
        Files(console, release.Files.Select(f => (f.Path, f.Bytes, f.Sha256)));
        console.MarkupLineInterpolated($"learned from {release.EpisodeCount:N0} episodes, listed in lineage.json");
    }

    public static void Verified(IAnsiConsole console, Release release) =>
        console.MarkupLineInterpolated($"release {release.Id}: all {release.Files.Count} files are what was published");

    public static void Reported(IAnsiConsole console, ReportedResult result)
    {
        console.MarkupLineInterpolated(
            $"held-out loss {result.Figures.LossBase:F3} -> {result.Figures.LossAdapterInt4:F3} (INT4); tokens per step {result.Figures.TokensPerStepBefore:N0} -> {result.Figures.TokensPerStepAfter:N0}"
        );
        console.WriteLine(Printable.Text(result.Report));
    }

    public static void Recomputed(IAnsiConsole console, IReadOnlyList<EvaluationCheck> checks)
    {
        foreach (var check in checks)
        {
            var parts = string.Join(" and ", check.Parts);
            console.WriteLine(Printable.Text(check.Folder));
            if (check.Mismatches.Count == 0)
            {
                console.WriteLine($"  every figure of {parts} follows from the rows");
                continue;
            }

            console.WriteLine($"  {check.Mismatches.Count:N0} figures of {parts} do not follow from the rows:");
            var table = Output.Table("figure", "written", "recomputed");
            foreach (var m in check.Mismatches)
            {
                table.AddRow(Output.Cell(m.Figure), Output.Cell(m.Stated), Output.Cell(m.Recomputed));
            }

            console.Write(table);
        }
    }

    public static void ModelCheck(IAnsiConsole console, ModelCheckReport report)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumn("").AddColumn("");
        table.AddRow("base", Output.Cell(report.Name));
        table.AddRow("architecture", Output.Cell(report.Architecture));
        table.AddRow("parameters", Number(report.Parameters));
        table.AddRow("context length", Number(report.ContextLength));
        table.AddRow("chat template", report.HasChatTemplate ? "yes" : "[yellow]none: cannot be distilled[/]");
        table.AddRow("tensors", Output.Cell(string.Join(", ", report.TensorTypes.Select(t => $"{t.Value} {t.Key}"))));
        table.AddRow(
            "trainer against llama.cpp",
            $"single logits {report.MaxAbsLogitDifference:G3} at most, {report.MeanAbsLogitDifference:G3} on average; mean loss {report.MeanNllDifference:G3} ({report.Tokens} tokens)"
        );
        if (report.MaxAbsReferenceDifference is { } reference)
        {
            table.AddRow("trainer against reference", $"{reference:G3}");
        }

        console.Write(table);
        if (report.Note.Length > 0)
        {
            console.WriteLine(report.Note);
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
                Number(steps),
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

    private static void Bars(IAnsiConsole console, string title, double before, double after, int decimals)
    {
        console.WriteLine(title);
        console.Write(
            new BarChart()
                .Width(60)
                .AddItem("before", Math.Round(before, decimals), Color.Grey)
                .AddItem("after", Math.Round(after, decimals), Color.Teal)
        );
    }

    private static void Files(IAnsiConsole console, IEnumerable<(string Path, long Bytes, string Sha256)> files)
    {
        var table = Output.Table("file", "#bytes", "sha256");
        foreach (var (path, bytes, sha256) in files)
        {
            table.AddRow(Output.Cell(path), Number(bytes), Output.Cell(sha256));
        }

        console.Write(table);
    }

    private static string[] Numbers(params long[] values) => Array.ConvertAll(values, Number);

    private static string[] Calls(Evaluation.CallAgreement calls) =>
        Numbers(calls.SameName, calls.SameCall, calls.Steps);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString("P0", CultureInfo.InvariantCulture);

    private static string Loss(double nats) => nats.ToString("F3", CultureInfo.InvariantCulture);

    private static string Change(Evaluation.Statistics.Estimate change) =>
        change.Interval is { } i ? $"{change.Value:P1} ({i.Low:P1} to {i.High:P1})" : $"{change.Value:P1}";
}
