using System.CommandLine;
using System.CommandLine.Parsing;
using System.Data.Common;
using Distiller.Cli.Commands;
using Distiller.Core;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Reporting;

namespace Distiller.Cli;

/// <summary>The composition root: which commands there are, and how their failures become exit codes.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = Build();
        var parsed = root.Parse(arguments);
        var unknown = UnknownOptions.Find(parsed);
        if (parsed.Errors.Count > 0 || unknown.Count > 0)
        {
            var errors = parsed.Errors.Select(e => e.Message).Concat(unknown.Select(o => $"Unknown option '{o}'."));
            foreach (var error in errors)
            {
                await Console.Error.WriteLineAsync($"distiller: {UntrustedText.VisibleLines(error)}");
            }

            var command = parsed.CommandResult.Command;
            var path = command is RootCommand ? "" : $" {string.Join(' ', PathOf(parsed.CommandResult))}";
            var dash = unknown.Count > 0 ? "; put a name that begins with a dash after --" : "";
            await Console.Error.WriteLineAsync($"  remedy: see ./distiller{path} --help{dash}");
            return ExitCode.WrongUsage;
        }

        if (parsed.GetResult("--home") is OptionResult home && home.GetValueOrDefault<string?>() is { } folder)
        {
            PrivateFiles.Narrow(Path.GetFullPath(folder));
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = TerminationTimeout(parsed.CommandResult.Command.Name),
                }
            );
        }
        catch (BadInputException e)
        {
            await Console.Error.WriteLineAsync($"distiller: {UntrustedText.VisibleLines($"{e.Place}: {e.Reason}")}");
            await Console.Error.WriteLineAsync($"  remedy: {UntrustedText.VisibleLines(e.Remedy)}");
            return ExitCode.BadInput;
        }
        catch (RunCommandException e)
        {
            await Console.Error.WriteLineAsync($"distiller: {UntrustedText.VisibleLines(e.Message)}");
            await Console.Error.WriteLineAsync($"  remedy: {UntrustedText.VisibleLines(e.Remedy)}");
            return ExitCode.BadInput;
        }
        catch (Exception e) when (e is DbException or System.Net.Sockets.SocketException)
        {
            await Console.Error.WriteLineAsync(
                $"distiller: the database is away: {UntrustedText.VisibleLines(e.Message)}"
            );
            await Console.Error.WriteLineAsync("  remedy: start it, or correct --database or $DISTILLER_DATABASE.");
            return ExitCode.BadInput;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(
                "distiller: interrupted. Finished stages are kept; the same command goes on from there."
            );
            return ExitCode.Failed;
        }
        catch (IOException e) when (DiskFull.IsNoSpace(e))
        {
            await Console.Error.WriteLineAsync($"distiller: the disk is full: {UntrustedText.VisibleLines(e.Message)}");
            await Console.Error.WriteLineAsync(
                "  remedy: free some space and run the same command again; nothing already stored was harmed."
            );
            return ExitCode.BadInput;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync(
                $"distiller: {e.GetType().Name}: {UntrustedText.VisibleLines(e.Message)}"
            );
            await Console.Error.WriteLineAsync(
                Environment.GetEnvironmentVariable("DISTILLER_TRACE") is { Length: > 0 }
                    ? e.ToString()
                    : "  remedy: run ./distiller doctor; set DISTILLER_TRACE=1 for the stack trace."
            );
            return ExitCode.Failed;
        }
    }

    /// <summary>
    /// How long a command may go on after a SIGTERM. A server's steps write their checkpoints before it leaves. A training
    /// has written its own by then, and need not wait for the end of a pass.
    /// </summary>
    private static TimeSpan TerminationTimeout(string command) =>
        TimeSpan.FromSeconds(command is "serve" or "step" or "week" ? 30 : 4);

    internal static RootCommand Build()
    {
        var root = Root();
        Interruptible.Wrap(root);
        return root;
    }

    private static RootCommand Root() =>
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

    private static IEnumerable<string> PathOf(System.CommandLine.Parsing.CommandResult result)
    {
        var names = new Stack<string>();
        for (
            System.CommandLine.Parsing.SymbolResult? r = result;
            r is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } c;
            r = r.Parent
        )
        {
            names.Push(c.Command.Name);
        }

        return names;
    }
}
