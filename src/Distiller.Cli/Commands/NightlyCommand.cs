using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Jobs;

namespace Distiller.Cli.Commands;

/// <summary><c>nightly</c>: all stages in order.</summary>
internal static class NightlyCommand
{
    public static Command Create()
    {
        var from = new Option<string[]>("--from")
        {
            Description = "Log files or folders; several may follow.",
            HelpName = "PATH",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
        };
        var tenant = CollectCommand.Tenant();
        var session = new NightSession();
        var command = new Command(
            "nightly",
            """
            A whole night: collect, reduce, mine, distill, quantize, evaluate, publish.
            Killed at any stage, the same command goes on from there and ends with the same adapter, byte for byte.
            """
        )
        {
            from,
            tenant,
        };
        session.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var report = session.Run(
                    parsed,
                    night =>
                        new NightlyPipeline(night).Run(
                            parsed.GetRequiredValue(from),
                            parsed.GetRequiredValue(tenant),
                            cancellation
                        )
                );
                session.Output(parsed).Result(report, StageTables.Night);
                return Task.FromResult(report.Published ? ExitCode.Done : ExitCode.Failed);
            }
        );
        return command;
    }
}
