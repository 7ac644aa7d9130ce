using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Jobs.Keeping;
using Distiller.Lake;

namespace Distiller.Cli.Commands;

/// <summary><c>retain</c>: discards raw episodes that were distilled and are old enough.</summary>
internal static class RetainCommand
{
    public static Command Create()
    {
        var days = new Option<int>("--raw-days")
        {
            Description = "How many days raw episodes stay, 1 to 36500.",
            HelpName = "N",
            Required = true,
        };
        days.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() is < 1 or > Retention.RawDaysMax)
            {
                r.AddError("--raw-days is from 1 to 36500.");
            }
        });
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tells what would be discarded." };
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "retain",
            """
            Discards the conversations of episodes that are older than N days and were distilled: that stand in the input
            of an adapter that was finished. Hashes of them stay, so that the same log collected again adds nothing and
            every lineage can still be checked. Episodes that no adapter was made with stay, however old.

            Reduced copies lie in artifacts until 'distiller gc' finds that nothing needs them.
            """
        )
        {
            days,
            dryRun,
            home,
            json,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                var folder = parsed.GetRequiredValue(home);
                var isDry = parsed.GetValue(dryRun);
                using var workspace = isDry ? Workspace.OpenReadOnly(folder) : Workspace.Open(folder);
                var report = isDry
                    ? Retention.Plan(workspace, parsed.GetValue(days), TimeProvider.System)
                    : Retention.Run(workspace, parsed.GetValue(days), TimeProvider.System, cancellation);
                new Output(parsed.GetValue(json)).Result(report, KeepingTables.Retained);
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }
}
