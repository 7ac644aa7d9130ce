using System.CommandLine;
using System.Data.Common;
using Distiller.Cli.Commands;
using Distiller.EdgeCli.Commands;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Cli;

/// <summary>The composition root: which commands there are, and how their failures become exit codes.</summary>
internal static class CommandLine
{
    public static Task<int> RunAsync(string[] arguments) =>
        new CommandRunner(Build(), "distiller", "./distiller")
        {
            TerminationTimeout = TerminationTimeout,
            Explain = Explain,
            Diagnose = "run ./distiller doctor; set DISTILLER_TRACE=1 for the stack trace.",
        }.RunAsync(arguments);

    private static (string Reason, string Remedy)? Explain(Exception error) =>
        error switch
        {
            RunCommandException refused => (refused.Message, refused.Remedy),
            DbException or System.Net.Sockets.SocketException => (
                $"the database is away: {error.Message}",
                "start it, or correct --database or $DISTILLER_DATABASE."
            ),
            _ => null,
        };

    /// <summary>
    /// How long a command may go on after a SIGTERM. A server's steps write their checkpoints before it leaves. A training
    /// has written its own by then, and need not wait for the end of a pass.
    /// </summary>
    private static TimeSpan TerminationTimeout(string command) =>
        TimeSpan.FromSeconds(command is "serve" or "step" or "week" ? 30 : 4);

    internal static RootCommand Build() =>
        new(
            """
            Distiller collects agents' logs, mines what worked, distills it into LoRA adapters, quantizes them to INT4
            for edge devices, and reports what changed.

            A whole night:   ./distiller nightly --from LOGS --base BASE.gguf
            One by one:      collect, mine, distill, quantize, evaluate, publish
            Afterwards:      releases list, releases show latest, report, report show, report verify
            On the device:   ./distiller edge pull --registry DIR, then edge serve --base BASE.gguf
            Every night:     ./distiller serve --home ROOT, then jobs list, jobs run TENANT
            By people:       episodes list, episodes label, patterns list, patterns reject, releases promote, quarantine retry
            Now and then:    retain --raw-days 90, gc --dry-run, scrub --again --dry-run
            First of all:    ./distiller doctor
            """
        )
        {
            CollectCommand.Create(),
            MineCommand.Create(),
            DistillCommand.Create(),
            QuantizeCommand.Create(),
            EvaluateCommand.Create(),
            PublishCommand.Create(),
            NightlyCommand.Create(),
            ScheduleCommand.Create(),
            QuarantineCommand.Create(),
            EpisodesCommand.Create(),
            LabelsCommand.Create(),
            ImprintCommand.Create(),
            PatternsCommand.Create(),
            ReleasesCommand.Create(),
            KeysCommand.Create(),
            EdgeCommand.Create(),
            RetainCommand.Create(),
            GcCommand.Create(),
            ScrubCommand.Create(),
            ReportCommand.Create(),
            ModelsCommand.Create(),
            OpsdeskCommand.Create(),
            PretrainCommand.Create(),
            DoctorCommand.Create(),
            ServeCommand.Create(),
            JobsCommand.Create(),
            StepCommand.Create(),
        };
}
