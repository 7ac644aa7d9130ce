using System.CommandLine;
using System.Text.Json;
using Distiller.Core;
using Distiller.Lake;
using Distiller.Logs;
using Distiller.Logs.Watching;

namespace Distiller.Cli.Commands;

/// <summary><c>collect --watch</c>: collects again whenever something changed, until it is interrupted.</summary>
internal sealed class CollectWatch
{
    private readonly Option<bool> _watch = new("--watch")
    {
        Description =
            "Goes on until it is interrupted: collects again when something changed below the paths, and tells of each round "
            + "that brought something. The workspace is held only for as long as a round takes.",
    };

    private readonly SettingOptions<WatchOptions> _interval = new(new WatchOptions());

    public void AddTo(Command command)
    {
        command.Options.Add(_watch);
        _interval.AddTo(command);
    }

    public bool IsAsked(ParseResult parsed) => parsed.GetValue(_watch);

    public int Run(
        ParseResult parsed,
        string[] paths,
        string home,
        CollectOptions options,
        bool json,
        CancellationToken cancellation
    )
    {
        using var watch = new SourceWatch(paths, _interval.Read(parsed));
        var rounds = new CollectionRounds(paths, () => Workspace.TryOpen(home), options);
        try
        {
            while (true)
            {
                Round(rounds, json, cancellation);
                watch.Wait(cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Done; // That is how it ends.
        }
    }

    private static void Round(CollectionRounds rounds, bool json, CancellationToken cancellation)
    {
        try
        {
            var report = rounds.Next(progress: null, cancellation);
            if (report is { Stored: > 0 } or { Quarantined: > 0 })
            {
                Tell(report, json);
            }
        }
        catch (BadInputException e)
        {
            // A folder that goes while it is listed, or a disk that is full for a while, does not end the watch.
            Console.Error.WriteLine($"distiller: {UntrustedText.VisibleLines(e.Message)}");
        }
    }

    /// <summary>A line a round: a JSON document, or a row.</summary>
    private static void Tell(CollectReport report, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, EpisodeJson.Options));
            return;
        }

        var formats = string.Join(", ", report.Formats.Where(f => f.Value.Stored > 0).Select(f => f.Key));
        Console.Out.WriteLine(
            $"{report.Stored} stored, {report.Duplicates} duplicates, {report.Quarantined} quarantined; "
                + $"{report.Episodes} more episodes, {report.Turns} more turns, {report.Requests} more requests  {formats}"
        );
    }
}
