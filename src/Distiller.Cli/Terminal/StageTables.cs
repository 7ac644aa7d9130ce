using Distiller.Cli.Commands;
using Distiller.Core;
using Distiller.Evaluation;
using Distiller.Jobs;
using Distiller.Logs;
using Distiller.Mining;
using Distiller.Mining.Cards;
using Distiller.Mining.Patterns;
using Distiller.Reporting;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>How the results of a night and its stages look to people.</summary>
internal static class StageTables
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
            "#sessions",
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
                .. Cells.Numbers(f.Records, f.Stored, f.Duplicates, f.Quarantined, f.Episodes),
                .. Cells.Numbers(f.Sessions, f.Turns, f.Requests),
                .. Cells.Numbers(f.Usage.Input, f.Usage.CacheRead, f.Usage.CacheWrite, f.Usage.Output),
            ]);
        }

        table.AddRow([
            "[bold]all[/]",
            .. Cells.Numbers(report.Records, report.Stored, report.Duplicates, report.Quarantined),
            .. Cells.Numbers(report.Episodes, report.Sessions, report.Turns, report.Requests),
            .. Cells.Numbers(report.Usage.Input, report.Usage.CacheRead, report.Usage.CacheWrite, report.Usage.Output),
        ]);
        console.Write(table);
        if (report.Noise > 0)
        {
            console.MarkupLineInterpolated($"{report.Noise:N0} files beside the logs are none, such as licences");
        }

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
                .. Cells.Numbers(reduction.Outputs, reduction.TokensBefore, reduction.TokensAfter),
                Cells.Percent(reduction.Saved),
            ]);
        }

        console.Write(reductions);
        Labels(console, result.Report);
        var table = Output.Table("intent", "steps", "#support", "#tasks", "#with", "#without", "#lift, 95 %");
        var telling = result.Patterns.Where(p => !TrivialPattern.Is(p)).ToList();
        foreach (var p in telling.Take(PatternsShown))
        {
            table.AddRow(
                Output.Cell(p.Intent),
                Output.Cell(string.Join("\n", p.Steps)),
                Cells.Number(p.Support),
                Cells.Number(p.Tasks),
                Cells.Percent(p.SuccessWith),
                Cells.Percent(p.SuccessWithout),
                Cells.Lift(p.Lift)
            );
        }

        console.Write(table);
        if (result.Cards.Count > 0)
        {
            StageTables.Cards(console, result.Cards);
        }

        if (result.Patterns.Count > Math.Min(telling.Count, PatternsShown))
        {
            console.MarkupLineInterpolated(
                $"and {result.Patterns.Count - Math.Min(telling.Count, PatternsShown)} more patterns, {result.Patterns.Count - telling.Count} of them trivial; --json lists all."
            );
        }
    }

    public static void Cards(IAnsiConsole console, IReadOnlyList<Card> cards)
    {
        const int shown = 20;
        var table = Output.Table("project", "card", "#tasks", "#sessions", "#with", "#without", "#tokens saved");
        foreach (var card in cards.Take(shown))
        {
            table.AddRow(
                Output.Cell(card.Project),
                Output.Cell(card.ReplacedBy is { } by ? $"{card.Text} Replaced since by `{by}`." : card.Text),
                Cells.Number(card.Tasks),
                Cells.Number(card.Sessions),
                card.SuccessWith is { } with ? Cells.Percent(with) : "",
                card.SuccessWithout is { } without ? Cells.Percent(without) : "",
                Cells.Number((long)Math.Round(card.TokensSaved))
            );
        }

        console.Write(table);
        if (cards.Count > shown)
        {
            console.MarkupLineInterpolated($"and {cards.Count - shown} more; --json lists all.");
        }
    }

    /// <summary>How the tasks ended, and what tells it.</summary>
    private static void Labels(IAnsiConsole console, MiningReport report)
    {
        if (report.Labels is not { } labels)
        {
            return;
        }

        console.MarkupLineInterpolated(
            $"{report.Episodes:N0} tasks, {report.Sessions:N0} sessions: {labels.Succeeded:N0} succeeded, {labels.Failed:N0} failed, {labels.Unknown:N0} unknown"
        );
        var table = Output.Table("told by", "#tasks");
        foreach (var (source, tasks) in labels.BySource.OrderByDescending(s => s.Value))
        {
            table.AddRow(Output.Cell(source), Cells.Number(tasks));
        }

        console.Write(table);
        if (report.UnmeasuredShare > 0)
        {
            console.MarkupLineInterpolated(
                $"{report.UnmeasuredShare:P0} of what is taught rests on rules that nobody could measure here; distiller labels check tells, --labels measured leaves it out"
            );
        }
    }

    public static void RulesChecked(IAnsiConsole console, LabelCheckOutput result)
    {
        var table = Output.Table(
            "format",
            "rule",
            "says",
            "#verdicts",
            "#right",
            "#precision",
            "#95 %",
            "#recall",
            "#95 %"
        );
        foreach (var rule in result.Rules)
        {
            table.AddRow(
                Output.Cell(rule.Format),
                Output.Cell(rule.Rule),
                Output.Cell(rule.Says.ToString().ToLowerInvariant()),
                Cells.Number(rule.Verdicts),
                Cells.Number(rule.Right),
                Cells.Percent(rule.Precision),
                Range(rule.PrecisionInterval),
                Cells.Percent(rule.Recall),
                Range(rule.RecallInterval)
            );
        }

        console.Write(table);
        console.MarkupLineInterpolated($"{result.Known:N0} of {result.Tasks:N0} tasks have an outcome that is known");

        static string Range(Interval interval) => $"{Cells.Percent(interval.Low)} to {Cells.Percent(interval.High)}";
    }

    public static void Distilled(IAnsiConsole console, DistilledResult result)
    {
        var t = result.Training;
        console.MarkupLineInterpolated(
            $"adapter {result.Artifact}: {t.TrainTokens:N0} tokens in {t.Steps:N0} steps, last loss {t.FinalLoss:F3}"
        );
        if (t.SkippedSteps is { } skipped)
        {
            console.MarkupLineInterpolated($"[yellow]{skipped} more steps were skipped: their loss was no number[/]");
        }

        if (t.BestStep is { } best)
        {
            console.MarkupLineInterpolated(
                $"kept: the factors after step {best}, with a loss of {t.ValidationLoss:F3} on validation rows"
            );
        }
    }

    public static void Quantized(IAnsiConsole console, QuantizedResult result)
    {
        Cells.Files(console, result.Manifest.Files.Select(f => (f.Path, f.Bytes, f.Sha256)));
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
        table.AddRow(["base", NumberFormat.Nats(s.HoldoutLoss.Base), "", .. Calls(calls.Base)]);
        table.AddRow([
            "adapter F16",
            NumberFormat.Nats(s.HoldoutLoss.AdapterF16),
            Change(s.LossComparisons.AdapterF16VersusBase.RelativeChange),
            .. Calls(calls.AdapterF16),
        ]);
        table.AddRow([
            "adapter INT4",
            NumberFormat.Nats(s.HoldoutLoss.AdapterInt4),
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
            NumberFormat.Nats(report.HoldoutLoss.Base),
            NumberFormat.Nats(report.HoldoutLoss.AdapterInt4)
        );
        table.AddRow("  with the 16-bit adapter", "", NumberFormat.Nats(report.HoldoutLoss.AdapterF16));
        table.AddRow(
            "tokens per step",
            Cells.Number((long)Math.Round(report.TokensPerStep.Before)),
            Cells.Number((long)Math.Round(report.TokensPerStep.After))
        );
        table.AddRow(
            "adapter, bytes (F16, INT4)",
            Cells.Number(report.AdapterBytes.F16),
            Cells.Number(report.AdapterBytes.Int4)
        );
        console.Write(table);
        Bars(console, "held-out loss", report.HoldoutLoss.Base, report.HoldoutLoss.AdapterInt4, decimals: 3);
        Bars(console, "tokens per step", report.TokensPerStep.Before, report.TokensPerStep.After, decimals: 0);
        console.MarkupLineInterpolated(
            $"{report.Episodes:N0} episodes, {report.Quarantined:N0} records quarantined, {report.Patterns} patterns, {report.TrainTokens:N0} tokens trained"
        );
        if (report.Replay is { Count: > 0 } replay)
        {
            ReplayTables.Tried(console, replay);
        }

        foreach (var context in (report.Teacher ?? []).Where(c => c.Note.Length > 0))
        {
            console.MarkupLineInterpolated($"teacher of context {context.Id}: {context.Note}");
        }

        if (report.Study is { } study)
        {
            console.MarkupLineInterpolated(
                $"{study.Made:N0} rows of {study.Documents.Sum(d => d.Entries):N0} entries in the agents' prompts, {study.Outdated:N0} logged successes out of date"
            );
            foreach (var document in study.Documents.Where(d => d.Note.Length > 0))
            {
                console.MarkupLineInterpolated($"document {document.ContextId}: {document.Note}");
            }
        }

        if (report.Release is { } release)
        {
            console.MarkupLineInterpolated($"release {release}");
        }
        else if (report.Trial is null)
        {
            console.MarkupLineInterpolated($"[bold]not published:[/] {report.Reason}");
        }

        console.WriteLine($"adapter {UntrustedText.VisibleLines(report.Adapter)}");
        if (report.Trial is not null)
        {
            TrialTables.Trial(console, TrialFolder.ReadSummary(Path.GetDirectoryName(report.Report)!), report.Report);
        }
        else
        {
            console.WriteLine($"report {UntrustedText.VisibleLines(report.Report)}");
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

    private static string[] Calls(Evaluation.CallAgreement calls) =>
        Cells.Numbers(calls.SameName, calls.SameCall, calls.Steps);

    private static string Change(Evaluation.Statistics.Estimate change) =>
        change.Interval is { } i ? $"{change.Value:P1} ({i.Low:P1} to {i.High:P1})" : $"{change.Value:P1}";
}
