using System.CommandLine;
using Distiller.Core;
using Distiller.Jobs.Stages;
using Distiller.Lake;
using Distiller.Logs.Tokens;
using Distiller.Mining.Cards;

namespace Distiller.Cli.Commands;

/// <summary><c>imprint export</c>: what past tasks teach, as text for a prompt.</summary>
internal static class ImprintCommand
{
    public static Command Create() =>
        new("imprint", "What past tasks teach about a project, as a pack of lines for a prompt.") { Export() };

    private static Command Export()
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
            using var workspace = Workspace.OpenReadOnly(parsed.GetRequiredValue(home));
            var mined = workspace
                .Artifacts.List(ArtifactKind.Mined)
                .Where(a => a.Manifest.Files.Any(f => f.Name == MineStage.CardsFile))
                .OrderByDescending(a => a.Manifest.Created)
                .ToList();
            if (mined.Count == 0)
            {
                throw new BadInputException(
                    new SourceLocation(workspace.Home, 0),
                    "The workspace holds no mining with cards.",
                    "Run 'distiller mine' or 'distiller nightly' first."
                );
            }

            var imprint = Of(mined[0]);
            if (parsed.GetValue(diff))
            {
                WriteDiff(mined.Count > 1 ? [.. Of(mined[1]).Lines()] : [], [.. imprint.Lines()]);
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

            Imprint Of(Artifact artifact) =>
                Imprint.Of(
                    [
                        .. MineStage
                            .ReadCards(artifact)
                            .Where(c => parsed.GetValue(project) is not { } p || c.Project == p),
                    ],
                    text => (int)CloudTokenCounter.For("gpt-4o").Count(text),
                    parsed.GetValue(budget)
                );
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
