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
        var kept = new SettingOptions<GarbageOptions>(new GarbageOptions());
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
            keep,
            dryRun,
            registry,
            home,
            json,
        };
        kept.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var folder = parsed.GetRequiredValue(home);
                var releases = CommonOptions.RegistryOf(parsed, registry, folder);
                var options = kept.Read(parsed) with { Pinned = parsed.GetValue(keep) ?? [] };
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
