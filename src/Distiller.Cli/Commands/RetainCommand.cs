using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using Distiller.Cli.Terminal;
using Distiller.Core.Settings;
using Distiller.Jobs.Keeping;
using Distiller.Lake;

namespace Distiller.Cli.Commands;

/// <summary><c>retain</c>: discards raw episodes that were distilled and are old enough.</summary>
internal static class RetainCommand
{
    public static Command Create()
    {
        var retained = new SettingOptions<Retained>(new Retained());
        retained["raw-days"].Required = true;
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
            dryRun,
            home,
            json,
        };
        retained.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var folder = parsed.GetRequiredValue(home);
                var days = retained.Read(parsed).RawDays ?? Retention.RawDaysMax;
                var isDry = parsed.GetValue(dryRun);
                using var workspace = isDry ? Workspace.OpenReadOnly(folder) : Workspace.Open(folder);
                var report = isDry
                    ? Retention.Plan(workspace, days, TimeProvider.System)
                    : Retention.Run(workspace, days, TimeProvider.System, cancellation);
                new Output(parsed.GetValue(json)).Result(report, KeepingTables.Retained);
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    private sealed record Retained
    {
        [Setting("raw-days", "How many days raw episodes stay")]
        [Range(1, Retention.RawDaysMax)]
        public int? RawDays { get; init; }
    }
}
