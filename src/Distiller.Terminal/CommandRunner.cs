using System.CommandLine;
using System.CommandLine.Parsing;
using Distiller.Core;

namespace Distiller.Terminal;

/// <summary>Runs a program's command line: how wrong usage, bad input and failures become words and exit codes.</summary>
/// <param name="name">Of the program, in front of what goes wrong.</param>
/// <param name="call">How it is called, in remedies.</param>
internal sealed class CommandRunner(RootCommand root, string name, string call)
{
    /// <summary>How long a command may go on after a SIGTERM, by its name.</summary>
    public Func<string, TimeSpan> TerminationTimeout { get; init; } = _ => TimeSpan.FromSeconds(30);

    /// <summary>What to say of a failure that only this program knows; null: nothing.</summary>
    public Func<Exception, (string Reason, string Remedy)?> Explain { get; init; } = _ => null;

    /// <summary>What an unexpected failure asks people to do.</summary>
    public string Diagnose { get; init; } = "set DISTILLER_TRACE=1 for the stack trace.";

    public async Task<int> RunAsync(string[] arguments)
    {
        Interruptible.Wrap(root);
        var parsed = root.Parse(arguments);
        var unknown = UnknownOptions.Find(parsed);
        if (parsed.Errors.Count > 0 || unknown.Count > 0)
        {
            var errors = parsed.Errors.Select(e => e.Message).Concat(unknown.Select(o => $"Unknown option '{o}'."));
            foreach (var error in errors)
            {
                await Console.Error.WriteLineAsync($"{name}: {UntrustedText.VisibleLines(error)}");
            }

            var command = parsed.CommandResult.Command;
            var path = command is RootCommand ? "" : $" {string.Join(' ', PathOf(parsed.CommandResult))}";
            var dash = unknown.Count > 0 ? "; put a name that begins with a dash after --" : "";
            await Console.Error.WriteLineAsync($"  remedy: see {call}{path} --help{dash}");
            return ExitCode.WrongUsage;
        }

        if (parsed.GetResult("--home") is OptionResult home && home.GetValueOrDefault<string?>() is { } folder)
        {
            PrivateFiles.Narrow(Path.GetFullPath(folder));
        }

        try
        {
            var exitCode = await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = TerminationTimeout(parsed.CommandResult.Command.Name),
                }
            );
            if (Interruptible.IsRunning)
            {
                await TellInterruptedAsync();
                ProcessEnd.Now(ExitCode.Failed);
            }

            return exitCode;
        }
        catch (BadInputException e)
        {
            return await TellAsync($"{e.Place}: {e.Reason}", e.Remedy);
        }
        catch (Exception e) when (Explain(e) is { } told)
        {
            return await TellAsync(told.Reason, told.Remedy);
        }
        catch (OperationCanceledException)
        {
            await TellInterruptedAsync();
            return ExitCode.Failed;
        }
        catch (IOException e) when (DiskFull.IsNoSpace(e))
        {
            return await TellAsync(
                $"the disk is full: {e.Message}",
                "free some space and run the same command again; nothing already stored was harmed."
            );
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"{name}: {e.GetType().Name}: {UntrustedText.VisibleLines(e.Message)}");
            await Console.Error.WriteLineAsync(
                Environment.GetEnvironmentVariable("DISTILLER_TRACE") is { Length: > 0 }
                    ? e.ToString()
                    : $"  remedy: {Diagnose}"
            );
            return ExitCode.Failed;
        }
    }

    private Task TellInterruptedAsync() =>
        Console.Error.WriteLineAsync(
            $"{name}: interrupted. Finished stages are kept; the same command goes on from there."
        );

    private async Task<int> TellAsync(string reason, string remedy)
    {
        await Console.Error.WriteLineAsync($"{name}: {UntrustedText.VisibleLines(reason)}");
        await Console.Error.WriteLineAsync($"  remedy: {UntrustedText.VisibleLines(remedy)}");
        return ExitCode.BadInput;
    }

    private static IEnumerable<string> PathOf(CommandResult result)
    {
        var names = new Stack<string>();
        for (SymbolResult? r = result; r is CommandResult { Command: not RootCommand } c; r = r.Parent)
        {
            names.Push(c.Command.Name);
        }

        return names;
    }
}
