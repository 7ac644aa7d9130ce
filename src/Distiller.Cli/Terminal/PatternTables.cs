using Distiller.Cli.Commands;
using Distiller.Core;
using Distiller.Mining.Patterns;
using Distiller.Mining.Reviewing;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>How patterns and decisions on them look to people.</summary>
internal static class PatternTables
{
    public static void List(IAnsiConsole console, IReadOnlyList<ReviewedPattern> patterns)
    {
        if (patterns.Count == 0)
        {
            console.WriteLine("No pattern yet. 'distiller mine' or a night finds them.");
            return;
        }

        // That an agent reads before it writes is no finding; who wants to decide on it finds it in the document.
        var telling = patterns
            .Where(p => p.Decision != PatternDecision.None || p.Pattern is null || !TrivialPattern.Is(p.Pattern))
            .ToList();
        var table = Output.Table("pattern", "about", "steps", "#support", "#lift, 95 %", "decision", "by");
        foreach (var p in telling)
        {
            table.AddRow(
                Output.Cell(p.Id),
                Output.Cell(p.Intent),
                Output.Cell(string.Join(" > ", p.Tools)),
                p.Pattern is { } found ? Cells.Number(found.Support) : "",
                p.Pattern is { } lifted ? Cells.Lift(lifted.Lift) : "",
                Decision(p.Decision),
                Output.Cell(p.Review?.By ?? "")
            );
        }

        console.Write(table);
        if (telling.Count < patterns.Count)
        {
            console.WriteLine($"{patterns.Count - telling.Count} trivial ones are left out; --json lists all.");
        }
    }

    public static void Show(IAnsiConsole console, PatternOutput shown)
    {
        var p = shown.Pattern;
        console.MarkupLineInterpolated($"pattern [bold]{p.Id}[/], about {UntrustedText.VisibleLines(p.Intent)}");
        if (p.Pattern is { } found)
        {
            foreach (var step in found.Steps)
            {
                console.WriteLine(UntrustedText.VisibleLines($"  {step}"));
            }

            console.WriteLine(
                $"{found.Support:N0} successful episodes of {found.Tasks:N0} tasks follow it; success {found.SuccessWith:P0} with, {found.SuccessWithout:P0} without; lift {Cells.Lift(found.Lift)} (95 %)"
            );
            console.WriteLine("episodes " + string.Join(' ', found.Episodes.Select(e => e.Value[..12])));
        }
        else
        {
            console.WriteLine(UntrustedText.VisibleLines($"  {string.Join(" > ", p.Tools)}"));
            console.WriteLine("It is not among the newest patterns.");
        }

        foreach (var review in shown.History)
        {
            Decided(console, review);
        }
    }

    public static void Decided(IAnsiConsole console, PatternReview review) =>
        console.WriteLine(
            UntrustedText.VisibleLines(
                $"{review.At:u} {Decision(review.Decision)} by {review.By}: {review.Pattern} {review.Note}".TrimEnd()
            )
        );

    private static string Decision(PatternDecision decision) =>
        decision switch
        {
            PatternDecision.Accepted => "accepted",
            PatternDecision.Rejected => "rejected",
            _ => "undecided",
        };
}
