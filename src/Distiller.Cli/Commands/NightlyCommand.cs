using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Jobs;

namespace Distiller.Cli.Commands;

/// <summary><c>nightly PATH...</c>, or <c>--from PATH...</c>: all stages in order.</summary>
internal static class NightlyCommand
{
    public static Command Create()
    {
        var logs = new LogPaths();
        var tenant = CollectCommand.Tenant();
        var session = new NightSession();
        var command = new Command(
            "nightly",
            """
            A whole night: collect, reduce, mine, distill, quantize, evaluate, publish.
            Killed at any stage, the same command goes on from there and ends with the same adapter, byte for byte.
            """
        );
        logs.AddTo(command);
        command.Options.Add(tenant);
        session.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var report = session.Run(
                    parsed,
                    night =>
                        new NightlyPipeline(night).Run(logs.Read(parsed), parsed.GetRequiredValue(tenant), cancellation)
                );
                session.Output(parsed).Result(report, StageTables.Night);
                return Task.FromResult(report.Published ? ExitCode.Done : ExitCode.Failed);
            }
        );
        return command;
    }
}
