using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Mining.Cards;
using Distiller.Mining.Imprints;

namespace Distiller.Cli.Commands;

/// <summary><c>imprint list|accept|reject|edit|reset|export</c>: what past tasks teach, as text for a prompt.</summary>
internal static class ImprintCommand
{
    public static Command Create() =>
        new(
            "imprint",
            """
            What past tasks teach about a project, as a pack of lines for a prompt.

              ./distiller imprint list
              ./distiller imprint reject 3f9a1c
              ./distiller imprint edit 3f9a1c "Run tests with `make test`; it takes a minute."
              ./distiller imprint export >> AGENTS.md

            An accepted line stands before all others, a rejected one never, as long as its card is mined again. Decisions are
            kept with who made them and when.
            """
        )
        {
            List(),
            Decide("accept", "Puts a card before all others.", CardDecision.Accepted),
            Decide("reject", "Leaves a card out of every imprint.", CardDecision.Rejected),
            Edit(),
            Decide("reset", "Takes a decision back: the card's value decides again.", CardDecision.None),
            ImprintExportCommand.Create(),
        };

    private static Command List()
    {
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "list",
            "Lists the cards of the newest mining, what they rest on and what was decided."
        )
        {
            home,
            json,
        };
        command.SetAction(parsed =>
        {
            var book = new ImprintBook(parsed.GetRequiredValue(home), TimeProvider.System);
            var reviews = book.Current();
            var userHome = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            var cards = book.Cards()
                .Select(c => new ReviewedCard(c, reviews.GetValueOrDefault(c.Id), CardExpiry.Of(c, userHome)))
                .ToList();
            new Output(parsed.GetValue(json)).Result<IReadOnlyList<ReviewedCard>>(cards, ImprintTables.List);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Decide(string name, string description, CardDecision decision)
    {
        var id = Id();
        var by = CommonOptions.By();
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(name, description) { id, by, home, json };
        command.SetAction(parsed =>
        {
            var review = new ImprintBook(parsed.GetRequiredValue(home), TimeProvider.System).Decide(
                parsed.GetRequiredValue(id),
                decision,
                parsed.GetRequiredValue(by)
            );
            new Output(parsed.GetValue(json)).Result(review, ImprintTables.Decided);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Edit()
    {
        var id = Id();
        var text = new Argument<string>("text") { Description = "What the line shall say, in one line of Markdown." };
        var by = CommonOptions.By();
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command("edit", "Accepts a card with another text.") { id, text, by, home, json };
        command.SetAction(parsed =>
        {
            var review = new ImprintBook(parsed.GetRequiredValue(home), TimeProvider.System).Decide(
                parsed.GetRequiredValue(id),
                CardDecision.Accepted,
                parsed.GetRequiredValue(by),
                parsed.GetRequiredValue(text)
            );
            new Output(parsed.GetValue(json)).Result(review, ImprintTables.Decided);
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> Id() =>
        new("card") { Description = "Its id, or the beginning of it: four characters or more." };
}

/// <summary>A card, what a person said of it, and why it counts no more.</summary>
/// <param name="Review">The decision that counts; null: none.</param>
/// <param name="Expired">Null while it counts.</param>
internal sealed record ReviewedCard(Card Card, CardReview? Review, string? Expired);
