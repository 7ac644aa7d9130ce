using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Jobs.Keeping;
using Distiller.Lake;

namespace Distiller.Cli.Commands;

/// <summary><c>gc</c>: deletes artifacts that nothing needs.</summary>
internal static class GcCommand
{
    public static Command Create()
    {
        var defaults = new GarbageOptions();
        var nights = new Option<int>("--keep-nights")
        {
            Description = "The newest so many artifacts of each kind stay, with all they were made from; 1 or more.",
            HelpName = "K",
            DefaultValueFactory = _ => defaults.KeepNights,
        };
        nights.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() < 1)
            {
                r.AddError("--keep-nights is 1 or more.");
            }
        });
        var days = new Option<int>("--work-days")
        {
            Description = "Unfinished work that was written to within so many days stays; 0 or more.",
            HelpName = "D",
            DefaultValueFactory = _ => defaults.WorkDays,
        };
        days.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() < 0)
            {
                r.AddError("--work-days is 0 or more.");
            }
        });
        var keep = new Option<string[]>("--keep")
        {
            Description = "An artifact (kind/key) of a night that is not over: it stays with all it was made from.",
            HelpName = "KIND/KEY",
        };
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Only lists what would be deleted, and how many bytes.",
        };
        var registry = CommonOptions.Registry();
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "gc",
            """
            Deletes artifacts that nothing needs. What a release was made from stays, in every registry that the workspace
            has published to; so do the newest nights with their reports, unfinished work, and what the nights of a server
            need that are not over. Look first: --dry-run.
            """
        )
        {
            nights,
            days,
            keep,
            dryRun,
            registry,
            home,
            json,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                var folder = parsed.GetRequiredValue(home);
                var releases = CommonOptions.RegistryOf(parsed, registry, folder);
                var options = new GarbageOptions
                {
                    KeepNights = parsed.GetValue(nights),
                    WorkDays = parsed.GetValue(days),
                    Pinned = parsed.GetValue(keep) ?? [],
                };
                var isDry = parsed.GetValue(dryRun);
                using var workspace = isDry ? Workspace.OpenReadOnly(folder) : Workspace.Open(folder);
                var report = isDry
                    ? GarbageCollection.Plan(workspace, releases, options, TimeProvider.System)
                    : GarbageCollection.Run(workspace, releases, options, TimeProvider.System, cancellation);
                new Output(parsed.GetValue(json)).Result(report, KeepingTables.Collected);
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }
}
