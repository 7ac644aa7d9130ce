using System.CommandLine;
using Distiller.Core;
using Distiller.Logs.Tokens;
using Distiller.Mining.Imprints;

namespace Distiller.Cli.Commands;

/// <summary><c>imprint export</c>: the leanest pack of cards under a budget, in the form that an agent reads.</summary>
internal static class ImprintExportCommand
{
    public static Command Create()
    {
        var format = new Option<ImprintFormat>("--format")
        {
            Description = "agents-md, claude-md, skill or json.",
            CustomParser = r =>
                Enum.TryParse<ImprintFormat>(
                    r.Tokens[0].Value.Replace("-", "", StringComparison.Ordinal),
                    ignoreCase: true,
                    out var value
                ) && !char.IsAsciiDigit(r.Tokens[0].Value[0])
                    ? value
                    : Fail(r),
            DefaultValueFactory = _ => ImprintFormat.AgentsMd,
        };
        var budget = new Option<int>("--budget")
        {
            Description = "Tokens at most; the lines that are worth most per token stay.",
            DefaultValueFactory = _ => 800,
        };
        budget.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() < 1)
            {
                r.AddError("--budget is 1 token or more.");
            }
        });
        var project = new Option<string?>("--project")
        {
            Description = "Only what holds for this folder, as the cards name it (~/code/shop).",
        };
        var diff = new Option<bool>("--diff")
        {
            Description = "Show what changed against the imprint of the mining before, line by line.",
        };
        var home = CommonOptions.Home();
        var command = new Command(
            "export",
            """
            Writes the imprint of the newest mining to standard output.

              ./distiller imprint export >> AGENTS.md
              ./distiller imprint export --format skill --budget 400

            Left out is what was rejected, what another command replaced since, and what is gone from the project's folder, where
            that folder is on this machine.
            """
        )
        {
            format,
            budget,
            project,
            diff,
            home,
        };
        command.SetAction(parsed =>
        {
            var book = new ImprintBook(parsed.GetRequiredValue(home), TimeProvider.System);
            var reviews = book.Current();
            var imprint = Of(ImprintBook.ReadCards(book.Newest()));
            if (parsed.GetValue(diff))
            {
                var before = book.Minings().Skip(1).Select(ImprintBook.ReadCards).Select(Of).FirstOrDefault();
                WriteDiff(before is null ? [] : [.. before.Lines()], [.. imprint.Lines()]);
                return ExitCode.Done;
            }

            Console.Out.Write(
                parsed.GetValue(format) switch
                {
                    ImprintFormat.Skill => imprint.ToSkill(),
                    ImprintFormat.Json => System.Text.Json.JsonSerializer.Serialize(imprint, EpisodeJson.Options)
                        + "\n",
                    _ => imprint.ToSection(),
                }
            );
            return ExitCode.Done;

            Imprint Of(IReadOnlyList<Mining.Cards.Card> cards)
            {
                var userHome = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
                return Imprint.Of(
                    [
                        .. cards
                            .Where(c => parsed.GetValue(project) is not { } p || c.Project == p)
                            .Where(c => CardExpiry.Of(c, userHome) is null),
                    ],
                    text => (int)CloudTokenCounter.For("gpt-4o").Count(text),
                    parsed.GetValue(budget),
                    reviews
                );
            }
        });
        return command;
    }

    private static ImprintFormat Fail(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError("--format is agents-md, claude-md, skill or json.");
        return ImprintFormat.AgentsMd;
    }

    private static void WriteDiff(List<string> before, List<string> after)
    {
        foreach (var line in before.Except(after, StringComparer.Ordinal))
        {
            Console.Out.WriteLine($"- {line}");
        }

        foreach (var line in after.Except(before, StringComparer.Ordinal))
        {
            Console.Out.WriteLine($"+ {line}");
        }
    }
}

/// <summary>Forms of an imprint.</summary>
internal enum ImprintFormat
{
    AgentsMd,
    ClaudeMd,
    Skill,
    Json,
}
