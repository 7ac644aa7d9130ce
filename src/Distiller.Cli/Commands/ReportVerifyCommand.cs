using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Jobs;

namespace Distiller.Cli.Commands;

/// <summary><c>report verify</c>: recomputes every figure from its rows.</summary>
internal static class ReportVerifyCommand
{
    public static Command Create()
    {
        var reference = new Argument<string?>("release-or-path")
        {
            Description = "A release, or a folder with an evaluation. Default: the workspace's newest evaluation.",
            HelpName = "RELEASE|PATH",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var registry = CommonOptions.Registry();
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "verify",
            "Recomputes every figure from the rows and the price table; exit code 1 where one differs."
        )
        {
            reference,
            registry,
            home,
            json,
        };
        command.SetAction(parsed =>
        {
            var workspace = parsed.GetRequiredValue(home);
            var finder = new EvaluationFinder(workspace, CommonOptions.RegistryOf(parsed, registry, workspace));
            IReadOnlyList<EvaluationCheck> checks =
            [
                .. finder.Find(parsed.GetValue(reference)).Select(EvaluationCheck.Of),
            ];
            new Output(parsed.GetValue(json)).Result(checks, ReleaseTables.Recomputed);
            return checks.All(c => c.Mismatches.Count == 0) ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }
}
