using System.CommandLine;
using System.Text.Json;
using Distiller.Cli.Terminal;
using Distiller.Evaluation;
using Distiller.Jobs;
using Distiller.Jobs.Stages;

namespace Distiller.Cli.Commands;

/// <summary><c>report show</c>: the arms of the newest evaluation in which tasks were worked, and its verdict.</summary>
internal static class ReportShowCommand
{
    public static Command Create()
    {
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command("show", "Shows the arms, the verdict and the intervals of the newest evaluation.")
        {
            home,
            json,
        };
        command.SetAction(parsed =>
        {
            var workspace = parsed.GetRequiredValue(home);
            var folder = new EvaluationFinder(workspace, workspace).NewestTrial();
            var summary = TrialFolder.ReadSummary(folder);
            var page = Path.Combine(folder, EvaluateStage.ReportFile);
            // A figure that there is not is said to be null, as in the evaluation's own files.
            new Output(parsed.GetValue(json)).Result(
                JsonSerializer.SerializeToNode(TrialHeadline.Of(summary), EvaluationJson.Options),
                (console, _) => TrialTables.Trial(console, summary, File.Exists(page) ? page : folder)
            );
            return ExitCode.Done;
        });
        return command;
    }
}
