using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Jobs.Stages;
using Distiller.Lake;
using Distiller.Mining.Reviewing;

namespace Distiller.Cli.Commands;

/// <summary><c>patterns list|show|tried|accept|reject|reset</c>: what was mined, and what people say of it.</summary>
internal static class PatternsCommand
{
    public static Command Create() =>
        new(
            "patterns",
            """
            The patterns of the newest mining, and what people decided on them.

              ./distiller patterns list
              ./distiller patterns reject 3f9a1c --note "closes tickets without asking"

            A rejected procedure is no pattern of the next mining, and nothing that follows it is taught. An accepted one
            stays a pattern while enough episodes follow it, whatever the interval of its lift says. A decision may be made
            while a night runs; it counts from the next mining on. Every decision is kept with who made it and when.
            """
        )
        {
            List(),
            Show(),
            Tried(),
            Decide("accept", "Keeps a pattern as long as enough episodes follow it.", PatternDecision.Accepted),
            Decide(
                "reject",
                "Takes a procedure out of the patterns and out of what is taught.",
                PatternDecision.Rejected
            ),
            Decide("reset", "Takes a decision back: the miner alone decides again.", PatternDecision.None),
        };

    private static Command List()
    {
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command("list", "Lists the newest patterns, the most useful first, and those decided on.")
        {
            home,
            json,
        };
        command.SetAction(parsed =>
        {
            var book = new PatternBook(parsed.GetRequiredValue(home), TimeProvider.System);
            new Output(parsed.GetValue(json)).Result(book.List(), PatternTables.List);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show()
    {
        var id = Id();
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command("show", "Shows one pattern: steps, support, lift, episodes behind it, decisions.")
        {
            id,
            home,
            json,
        };
        command.SetAction(parsed =>
        {
            var book = new PatternBook(parsed.GetRequiredValue(home), TimeProvider.System);
            var pattern = book.Find(parsed.GetRequiredValue(id));
            var shown = new PatternOutput(pattern, [.. book.Reviews.History().Where(r => r.Pattern == pattern.Id)]);
            new Output(parsed.GetValue(json)).Result(shown, PatternTables.Show);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Tried()
    {
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "tried",
            """
            What patterns did when they were tried: in the base's prompt, out of it, and with their words in another order, on
            the same tasks. One whose intervals both lie below zero is not taught. Nights with tasks that can be run try them:

              ./distiller opsdesk night --replay-tasks 60
            """
        )
        {
            home,
            json,
        };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetRequiredValue(home);
            using var workspace = Directory.Exists(folder) ? Workspace.OpenReadOnly(folder) : null;
            var replayed = workspace?.Artifacts.Latest(ArtifactKind.Replayed);
            new Output(parsed.GetValue(json)).Result(
                replayed is null ? [] : ReplayStage.ReadValues(replayed),
                ReplayTables.Tried
            );
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Decide(string name, string description, PatternDecision decision)
    {
        var id = Id();
        var by = CommonOptions.By();
        var note = new Option<string>("--note")
        {
            Description = "Why, for those who come later.",
            HelpName = "TEXT",
            DefaultValueFactory = _ => "",
        };
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(name, description) { id, by, note, home, json };
        command.SetAction(parsed =>
        {
            var review = new PatternBook(parsed.GetRequiredValue(home), TimeProvider.System).Decide(
                parsed.GetRequiredValue(id),
                decision,
                parsed.GetRequiredValue(by),
                parsed.GetRequiredValue(note)
            );
            new Output(parsed.GetValue(json)).Result(review, PatternTables.Decided);
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> Id() =>
        new("pattern") { Description = "Its id, or the beginning of it: four characters or more." };
}

/// <summary>One pattern with every decision on it, as <c>patterns show --json</c> gives it.</summary>
internal sealed record PatternOutput(ReviewedPattern Pattern, IReadOnlyList<PatternReview> History);
