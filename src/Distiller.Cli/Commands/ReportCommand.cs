using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Registry;

namespace Distiller.Cli.Commands;

/// <summary><c>report</c>: where the evaluation of a release is, and its headline; <c>verify</c> and <c>show</c> below it.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("release")
        {
            Description = "Its id, the beginning of it, or 'latest'.",
            DefaultValueFactory = _ => "latest",
        };
        var registry = CommonOptions.Registry();
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command("report", "Shows a release's figures and where its HTML report lies.")
        {
            id,
            registry,
            home,
            json,
            ReportVerifyCommand.Create(),
            ReportShowCommand.Create(),
        };
        command.SetAction(parsed =>
        {
            var folder = CommonOptions.RegistryOf(parsed, registry, parsed.GetRequiredValue(home));
            var releases = new ReleaseRegistry(folder, TimeProvider.System);
            var release = releases.Show(parsed.GetRequiredValue(id));
            var result = new ReportedResult(
                release.Id,
                release.Evaluation,
                Path.Combine(releases.FolderOf(release), "report.html")
            );
            new Output(parsed.GetValue(json)).Result(result, ReleaseTables.Reported);
            return ExitCode.Done;
        });
        return command;
    }
}

/// <summary>The document of <c>report --json</c>.</summary>
internal sealed record ReportedResult(string Release, ReleaseFigures Figures, string Report);
