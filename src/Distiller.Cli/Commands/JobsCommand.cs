using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using Distiller.Cli.Terminal;
using Distiller.Core;
using Distiller.Core.Settings;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Cli.Commands;

/// <summary><c>jobs list|show|run|pause|resume|cancel|retry</c>: the nights of a server, without its dashboard.</summary>
internal static class JobsCommand
{
    private const int LogLinesShown = 50;

    public static Command Create() =>
        new("jobs", "Nights of a server: what they do, and commands to them. The server obeys within seconds.")
        {
            List(),
            Over("show", "Shows a night: state, stages, the end of its log.", "run", ShowAsync, JobTables.Run),
            Over(
                "run",
                "Asks for a night of a tenant now; it waits for its window.",
                "tenant",
                (commands, _, tenant, by, cancellation) => commands.RunNowAsync(tenant, by, cancellation),
                JobTables.Run
            ),
            Submitting("pause", "Lets a night stop at a checkpoint until it is resumed.", RunCommand.Pause),
            Submitting("resume", "Lets a paused night go on.", RunCommand.Resume),
            Submitting("cancel", "Ends a night.", RunCommand.Cancel),
            Submitting("retry", "Tries a failed or cancelled night again.", RunCommand.Retry),
        };

    private static Command List()
    {
        var tenant = new Option<string?>("--tenant") { Description = "Only this tenant's." };
        var shown = new SettingOptions<NightsOptions>(new NightsOptions());
        var (home, database, json) = (CommonOptions.Home(), DatabaseOption.Create(), CommonOptions.Json());
        var command = new Command("list", "Lists nights, the newest due first.") { tenant, home, database, json };
        shown.AddTo(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var runs = Open(parsed, home, database);
                var store = new RunStore(runs, TimeProvider.System);
                var found = await store.ListAsync(
                    new RunQuery(parsed.GetValue(tenant), shown.Read(parsed).Take),
                    cancellation
                );
                new Output(parsed.GetValue(json)).Result(found, JobTables.Runs);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static Command Submitting(string name, string description, RunCommand command) =>
        Over(
            name,
            description,
            "run",
            (commands, _, id, by, cancellation) => commands.SubmitAsync(id, command, by, cancellation),
            JobTables.Run
        );

    private static Command Over<T>(
        string name,
        string description,
        string subject,
        Func<RunCommands, RunStore, string, string, CancellationToken, Task<T>> work,
        Action<Spectre.Console.IAnsiConsole, T> show
    )
    {
        var argument = new Argument<string>(subject)
        {
            Description = subject == "run" ? "Its id, as 'jobs list' shows it." : "As the schedule names it.",
        };
        var (home, database, json) = (CommonOptions.Home(), DatabaseOption.Create(), CommonOptions.Json());
        var command = new Command(name, description) { argument, home, database, json };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var runs = Open(parsed, home, database);
                var store = new RunStore(runs, TimeProvider.System);
                var result = await work(
                    new RunCommands(store, TimeProvider.System),
                    store,
                    parsed.GetRequiredValue(argument),
                    Environment.UserName,
                    cancellation
                );
                new Output(parsed.GetValue(json)).Result(result, show);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static async Task<RunOutput> ShowAsync(
        RunCommands commands,
        RunStore store,
        string id,
        string by,
        CancellationToken cancellation
    )
    {
        var run =
            await store.FindAsync(id, cancellation)
            ?? throw new RunCommandException($"There is no run '{id}'.", "See 'distiller jobs list'.");
        var log = await store.Log.ListAsync(id, cancellation: cancellation);
        return new RunOutput(run, await store.Stages.ListAsync(id, cancellation), [.. log.TakeLast(LogLinesShown)]);
    }

    private static RunDatabase Open(ParseResult parsed, Option<string> home, Option<string?> database)
    {
        var root = Path.GetFullPath(parsed.GetRequiredValue(home));
        var given = parsed.GetValue(database) ?? Environment.GetEnvironmentVariable("DISTILLER_DATABASE");
        return given is { Length: > 0 } || File.Exists(Path.Combine(root, DatabaseOption.ServerFolder, "distiller.db"))
            ? DatabaseOption.Of(parsed, database, root)
            : throw new BadInputException(
                new SourceLocation(root, 0),
                "No server has worked here.",
                "Give its folder with --home, or its database with --database."
            );
    }

    private sealed record NightsOptions
    {
        [Setting("take", "How many, the newest due")]
        [Range(1, 10_000)]
        public int Take { get; init; } = 20;
    }
}

/// <summary>The document of <c>jobs show --json</c>.</summary>
internal sealed record RunOutput(Run Run, IReadOnlyList<RunStage> Stages, IReadOnlyList<RunLogLine> Log);
