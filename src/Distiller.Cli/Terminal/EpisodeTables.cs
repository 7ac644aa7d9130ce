using System.Globalization;
using Distiller.Cli.Commands;
using Distiller.Core;
using Distiller.Lake;
using Distiller.Lake.Catalog;
using Distiller.Logs.Tokens;
using Distiller.Mining.Labelling;
using Distiller.Mining.Reviewing;
using Distiller.Mining.Similar;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <param name="EstimatedUsage">Where the log gives no usage.</param>
/// <param name="Tasks">What was asked in it and how each ended.</param>
internal sealed record EpisodeOutput(
    Episode Episode,
    EpisodeSource Source,
    UsageEstimate? EstimatedUsage,
    IReadOnlyList<TaskOutcome> Tasks
);

/// <summary>How episodes look to people.</summary>
internal static class EpisodeTables
{
    private const int IdChars = 12;

    public static void Similar(IAnsiConsole console, IReadOnlyList<SimilarTask> tasks)
    {
        const int textChars = 100;
        var table = Output.Table("task", "#cosine", "outcome", "asked");
        foreach (var (task, cosine) in tasks)
        {
            var asked = task.Text.Length <= textChars ? task.Text : task.Text[..textChars] + "…";
            var number = task.Id.IndexOf('#', StringComparison.Ordinal);
            table.AddRow(
                Output.Cell(number < 0 ? task.Id[..IdChars] : task.Id[..IdChars] + task.Id[number..]),
                cosine.ToString("0.000", CultureInfo.InvariantCulture),
                Output.Cell(task.Outcome),
                Output.Cell(asked)
            );
        }

        console.Write(table);
    }

    public static void Page(IAnsiConsole console, EpisodePage page)
    {
        var table = Output.Table("id", "started (UTC)", "format", "task", "agent", "outcome", "#turns", "#tokens");
        foreach (var e in page.Episodes)
        {
            table.AddRow(
                e.Id.Value[..IdChars],
                Time(e.StartedAt),
                Output.Cell(e.Format),
                Output.Cell(e.TaskId),
                Output.Cell(e.Agent),
                Outcome(e.Outcome.Kind),
                Cells.Number(e.Turns),
                Cells.Number(e.Usage.Total)
            );
        }

        console.Write(table);
        console.WriteLine(
            page.Episodes.Count == 0
                ? $"none of {page.Total:N0} episodes"
                : $"{page.Skip + 1:N0} to {page.Skip + page.Episodes.Count:N0} of {page.Total:N0} episodes"
        );
    }

    public static void Labelled(IAnsiConsole console, LabelledOutput result)
    {
        var table = Output.Table("episode", "format", "outcome", "by", "note");
        foreach (var label in result.Labels)
        {
            table.AddRow(
                Output.Cell(label.Key),
                Output.Cell(label.Format),
                Output.Cell(label.Says.ToString().ToLowerInvariant()),
                Output.Cell(label.By),
                Output.Cell(label.Note)
            );
        }

        console.Write(table);
    }

    public static void Days(IAnsiConsole console, IReadOnlyList<EpisodeDay> days)
    {
        var table = Output.Table(
            "day",
            "#episodes",
            "#succeeded",
            "#failed",
            "#unknown",
            "#input",
            "#cache read",
            "#cache write",
            "#output"
        );
        foreach (var d in days)
        {
            table.AddRow([
                d.Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "not known",
                .. Cells.Numbers(d.Episodes, d.Succeeded, d.Failed, d.Unknown),
                .. Cells.Numbers(d.Usage.Input, d.Usage.CacheRead, d.Usage.CacheWrite, d.Usage.Output),
            ]);
        }

        console.Write(table);
    }

    public static void Episode(IAnsiConsole console, EpisodeOutput stored)
    {
        var e = stored.Episode;
        var usage = e.Usage;
        console.WriteLine($"episode {e.Id} of {Time(e.StartedAt)}, {e.Turns.Count:N0} turns");
        console.WriteLine(UntrustedText.VisibleLines($"task {e.TaskId}, key {e.Key}, {e.Format}, tenant {e.Tenant}"));
        console.WriteLine(UntrustedText.VisibleLines($"agent {e.Agent}, model {e.Model ?? "not known"}"));
        console.WriteLine(
            UntrustedText.VisibleLines(
                $"{e.Outcome.Kind.ToString().ToLowerInvariant()} {e.Outcome.Judge} {e.Outcome.Score}".Trim()
            )
        );
        console.WriteLine(
            $"{e.Requests.Count:N0} requests: input {usage.Input:N0}, cache read {usage.CacheRead:N0}, cache write {usage.CacheWrite:N0}, output {usage.Output:N0} tokens"
        );
        if (stored.EstimatedUsage is { } estimate)
        {
            console.WriteLine(
                UntrustedText.VisibleLines(
                    $"the log gives no usage; counted from its text: {estimate.Requests:N0} requests, prompts {estimate.PromptTokens:N0}, output {estimate.OutputTokens:N0} tokens ({estimate.Method})"
                )
            );
        }

        if (stored.Source.File.Length > 0)
        {
            console.WriteLine(UntrustedText.VisibleLines($"read from {stored.Source.File}"));
        }

        Tasks(console, stored.Tasks);
        foreach (var turn in e.Turns)
        {
            console.WriteLine();
            console.MarkupLineInterpolated(
                $"[bold]{turn.Role.ToString().ToLowerInvariant()}[/]{(turn.IsError ? " (error)" : "")}"
            );
            if (turn.Text.Length > 0)
            {
                console.WriteLine(UntrustedText.VisibleLines(turn.Text));
            }

            foreach (var call in turn.ToolCalls)
            {
                console.WriteLine(UntrustedText.VisibleLines($"-> {call.Name} {call.ArgumentsJson}"));
            }
        }
    }

    public static void Review(IAnsiConsole console, ReviewListOutput list)
    {
        var table = Output.Table("task", "format", "told so far", "#probably worked", "request");
        foreach (var (format, task, probability) in list.Tasks)
        {
            var mark = task.Id.Value.IndexOf('#', StringComparison.Ordinal);
            table.AddRow(
                Output.Cell(mark < 0 ? task.Id.Value[..IdChars] : task.Id.Value[..IdChars] + task.Id.Value[mark..]),
                Output.Cell(format),
                Output.Cell($"{task.Outcome.Kind.ToString().ToLowerInvariant()} {task.Outcome.Judge}".TrimEnd()),
                probability is { } p ? Cells.Percent(p) : "",
                Output.Cell(task.Request)
            );
        }

        console.Write(table);
        foreach (var order in list.Orders)
        {
            console.WriteLine(UntrustedText.VisibleLines(Words(order)));
        }

        console.WriteLine($"{list.Tasks.Count:N0} of {list.Total:N0} tasks");

        static string Words(ReviewOrder order) =>
            order.LogLoss is not { } loss
                ? $"{order.Format}: the newest first; of too few tasks the outcome is known ({order.Known:N0}) to tell which others worked"
            : order.IsByProbability
                ? $"{order.Format}: those that probably worked first; on known tasks ({order.Known:N0}) a model's log loss is {loss:F3}, that of the share {order.ConstantLogLoss:F3}"
            : $"{order.Format}: the newest first; on known tasks ({order.Known:N0}) a model is not shown to know more than the share (log loss {loss:F3} against {order.ConstantLogLoss:F3})";
    }

    private static void Tasks(IAnsiConsole console, IReadOnlyList<TaskOutcome> tasks)
    {
        var table = Output.Table("task", "#turns", "outcome", "told by", "request");
        foreach (var (task, i) in tasks.Select((t, i) => (t, i)))
        {
            table.AddRow(
                $"#{i + 1}",
                Cells.Number(task.Turns),
                Outcome(task.Outcome.Kind),
                Output.Cell(
                    string.Join(
                        "\n",
                        task.Evidence.Select(s =>
                            $"{s.Source}: {s.Says.ToString().ToLowerInvariant()} {s.Confidence:P0}"
                        )
                    )
                ),
                Output.Cell(task.Request)
            );
        }

        console.Write(table);
    }

    private static string Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "not known";

    private static string Outcome(OutcomeKind kind) =>
        kind switch
        {
            OutcomeKind.Succeeded => "[green]succeeded[/]",
            OutcomeKind.Failed => "[red]failed[/]",
            _ => "unknown",
        };
}
