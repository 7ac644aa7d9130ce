using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Core;
using Distiller.Jobs.Keeping;
using Distiller.Lake;
using Distiller.Scrubbing;

namespace Distiller.Cli.Commands;

/// <summary><c>scrub</c>: shows a text as it would be stored, lists the rules, and scrubs a stored workspace again.</summary>
internal static class ScrubCommand
{
    private const string StandardInput = "-";

    public static Command Create()
    {
        var file = new Argument<string?>("file")
        {
            Description = "A text file; - for standard input.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var again = new Option<bool>("--again")
        {
            Description =
                "Scrubs what the workspace holds by the present rules, and removes what was made from leaking text.",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "With --again: only tells what would be done." };
        var rules = CommonOptions.ScrubRules();
        var registry = CommonOptions.Registry();
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "scrub",
            """
            Shows a text as it would be stored: secrets and personal data give way to placeholders such as [password-1]. The
            values themselves are never shown.

              ./distiller scrub FILE          # or - for standard input
              ./distiller scrub rules         # what is hidden, and why
              ./distiller scrub --again       # what is stored already, by rules that know more; look first: --dry-run

            --again replaces episodes and quarantined excerpts, all at once. Artifacts and releases in the workspace that were
            made from an episode that changes are removed; releases elsewhere are named. The next night makes them anew.
            """
        )
        {
            file,
            again,
            dryRun,
            rules,
            registry,
            home,
            json,
            ScrubRulesCommand.Create(),
        };
        command.Validators.Add(result =>
        {
            var (isAgain, named) = (result.GetValue(again), result.GetValue(file));
            if (isAgain == (named is not null))
            {
                result.AddError("Give a file to show scrubbed, or --again for the workspace.");
            }

            if (result.GetValue(dryRun) && !isAgain)
            {
                result.AddError("--dry-run goes with --again.");
            }
        });
        command.SetAction(
            (parsed, cancellation) =>
            {
                var output = new Output(parsed.GetValue(json));
                var known = ScrubRules.With(parsed.GetValue(rules));
                if (parsed.GetValue(file) is { } path)
                {
                    var scrubber = new SecretScrubber(known);
                    var clean = scrubber.Scrub(Read(path));
                    output.Result(new ScrubbedText(clean, scrubber.Counts), ScrubTables.Text);
                    return Task.FromResult(ExitCode.Done);
                }

                var folder = parsed.GetRequiredValue(home);
                var isDry = parsed.GetValue(dryRun);
                var releases = CommonOptions.RegistryOf(parsed, registry, folder);
                using var workspace = isDry ? Workspace.OpenReadOnly(folder) : Workspace.Open(folder);
                var report = ProgressBars.Run(progress =>
                    ScrubAgainRun.Run(workspace, releases, known, isDry, TimeProvider.System, progress, cancellation)
                );
                output.Result(report, ScrubTables.Again);
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    private static string Read(string path)
    {
        if (path == StandardInput)
        {
            return Console.In.ReadToEnd();
        }

        return File.Exists(path)
            ? File.ReadAllText(path)
            : throw new BadInputException(
                new SourceLocation(path, 0),
                "The file does not exist.",
                "Name a text file, or - for standard input."
            );
    }
}

/// <summary><c>scrub rules</c>: what is hidden.</summary>
internal static class ScrubRulesCommand
{
    public static Command Create()
    {
        var rules = CommonOptions.ScrubRules();
        var json = CommonOptions.Json();
        var command = new Command(
            "rules",
            "Lists what is hidden before a log is stored, each rule with its placeholder."
        )
        {
            rules,
            json,
        };
        command.SetAction(parsed =>
        {
            var list = ScrubRules
                .With(parsed.GetValue(rules))
                .All.Select(r => new ListedRule(r.Id, r.Type, r.Kind, r.Description))
                .ToList();
            new Output(parsed.GetValue(json)).Result(list, ScrubTables.Rules);
            return ExitCode.Done;
        });
        return command;
    }
}

/// <summary>A rule as it is listed.</summary>
internal sealed record ListedRule(string Id, string Type, string LooksFor, string Description);

/// <summary>A text as it would be stored.</summary>
/// <param name="Hidden">Different values by type.</param>
internal sealed record ScrubbedText(string Text, IReadOnlyDictionary<string, int> Hidden);
