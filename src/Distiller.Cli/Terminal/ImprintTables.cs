using Distiller.Cli.Commands;
using Distiller.Core;
using Distiller.Mining.Imprints;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>How cards and decisions on them look to people.</summary>
internal static class ImprintTables
{
    public static void List(IAnsiConsole console, IReadOnlyList<ReviewedCard> cards)
    {
        if (cards.Count == 0)
        {
            console.WriteLine("No card yet: no command, file or error recurs in three tasks of two sessions.");
            return;
        }

        var table = Output.Table(
            "card",
            "project",
            "line",
            "#tasks",
            "#sessions",
            "#tokens saved",
            "last seen",
            "decision"
        );
        foreach (var (card, review, expired) in cards)
        {
            table.AddRow(
                Output.Cell(card.Id),
                Output.Cell(card.Project),
                Output.Cell(review?.Text ?? card.Text),
                Cells.Number(card.Tasks),
                Cells.Number(card.Sessions),
                Cells.Number((long)Math.Round(card.TokensSaved)),
                card.LastSeen is { } seen ? $"{seen:yyyy-MM-dd}" : "",
                Output.Cell(
                    review is not null ? Word(review.Decision)
                    : expired is not null ? $"expired: {expired}"
                    : card.ReplacedBy is { } by ? $"replaced by {by}"
                    : ""
                )
            );
        }

        console.Write(table);
    }

    public static void Decided(IAnsiConsole console, CardReview review) =>
        console.WriteLine(
            UntrustedText.VisibleLines(
                $"{review.At:u} {Word(review.Decision)} by {review.By}: {review.Card} {review.Text}".TrimEnd()
            )
        );

    private static string Word(CardDecision decision) =>
        decision switch
        {
            CardDecision.Accepted => "accepted",
            CardDecision.Rejected => "rejected",
            _ => "none",
        };
}
