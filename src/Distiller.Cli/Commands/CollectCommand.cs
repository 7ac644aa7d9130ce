using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Core;
using Distiller.Jobs.Stages;
using Distiller.Lake;
using Distiller.Logs;
using Distiller.Logs.Formats;
using Distiller.Scrubbing;

namespace Distiller.Cli.Commands;

/// <summary><c>collect PATH...</c>, or <c>--from PATH...</c>: raw logs into the workspace.</summary>
internal static class CollectCommand
{
    private const int ReasonsShown = 5;

    public static Command Create()
    {
        var logs = new LogPaths();
        var tenant = Tenant();
        var rules = CommonOptions.ScrubRules();
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var watch = new CollectWatch();
        var command = new Command(
            "collect",
            $"""
            Reads agents' logs, scrubs secrets, and stores each episode once. What cannot be read goes to quarantine.
            Exit code 3 when a file named here was not read whole, or when nothing in a folder could be read.

            Formats:

            {string.Join("\n", LogFormats.All.Select(Describe))}
            """
        );
        logs.AddTo(command);
        command.Options.Add(tenant);
        command.Options.Add(rules);
        watch.AddTo(command);
        command.Options.Add(home);
        command.Options.Add(json);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var paths = logs.Read(parsed);
                if (watch.IsAsked(parsed))
                {
                    var options = new CollectOptions
                    {
                        Tenant = parsed.GetRequiredValue(tenant),
                        Rules = ScrubRules.With(parsed.GetValue(rules)),
                    };
                    var folder = parsed.GetRequiredValue(home);
                    return Task.Run(
                        () => watch.Run(parsed, paths, folder, options, parsed.GetValue(json), cancellation),
                        CancellationToken.None
                    );
                }

                using var workspace = Workspace.Open(parsed.GetRequiredValue(home));
                var report = ProgressBars.Run(progress =>
                    new CollectStage(workspace, progress, parsed.GetValue(rules)).Run(
                        paths,
                        parsed.GetRequiredValue(tenant),
                        cancellation
                    )
                );
                new Output(parsed.GetValue(json)).Result(report, StageTables.Collected);
                var isBad = IsBad(report, paths);
                if (isBad)
                {
                    WriteReasons(workspace, paths);
                }

                return Task.FromResult(isBad ? ExitCode.BadInput : ExitCode.Done);
            }
        );
        return command;
    }

    /// <summary>
    /// A folder may hold files that are no logs; a file that the user names is meant to be one. So quarantine in named
    /// files is bad input, and so is a folder in which nothing can be read.
    /// </summary>
    private static bool IsBad(CollectReport report, string[] paths) =>
        report.Quarantined > 0 && (paths.All(File.Exists) || report.Quarantined + report.Noise == report.Records);

    private static void WriteReasons(Workspace workspace, string[] paths)
    {
        var named = paths.Select(Path.GetFullPath).ToHashSet(StringComparer.Ordinal);
        var mine = workspace
            .Quarantine.List()
            .Where(r => named.Contains(Path.GetFullPath(r.Place.File)))
            .Take(ReasonsShown);
        foreach (var record in mine)
        {
            Console.Error.WriteLine($"distiller: {UntrustedText.VisibleLines($"{record.Place}: {record.Reason}")}");
            Console.Error.WriteLine($"  remedy: {UntrustedText.VisibleLines(record.Remedy)}");
        }

        Console.Error.WriteLine("distiller: what could be read is stored; 'distiller quarantine' lists the rest.");
    }

    private static string Describe(LogFormat format) =>
        $"""
              {format.Name}: {format.Title}
                episode: {format.Identity}
                outcome: {format.OutcomeSource}
                tokens:  {format.UsageConvention}
            """;

    public static Option<string> Tenant() =>
        new("--tenant")
        {
            Description = "Whose episodes these are.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "default",
        };
}
