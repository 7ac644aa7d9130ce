using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using Distiller.Cli.Terminal;
using Distiller.Core;
using Distiller.Core.Settings;
using Distiller.Lake.Catalog;
using Distiller.Logs.Tokens;
using Distiller.Mining.Labelling;
using Distiller.Mining.Outcomes;

namespace Distiller.Cli.Commands;

/// <summary><c>episodes list|days|show|label</c>: what was collected.</summary>
internal static class EpisodesCommand
{
    public static Command Create() =>
        new(
            "episodes",
            """
            The collected episodes.

              ./distiller episodes list                        the newest
              ./distiller episodes list refund --outcome failed
              ./distiller episodes list --from 2026-11-01 --take 100 --skip 100
              ./distiller episodes days                        how many started on each day
              ./distiller episodes show 3f9a1c                 one, read as a conversation
              ./distiller episodes label 3f9a1c succeeded      says how it ended
            """
        )
        {
            List(),
            Days(),
            Show(),
            EpisodesLabelCommand.Create(),
            EpisodesSimilarCommand.Create(),
        };

    private static Command List()
    {
        var filter = new EpisodeFilterOptions();
        var page = new SettingOptions<PageOptions>(new PageOptions());
        return Over(
            "list",
            "Lists episodes, the newest first. Words must all occur in the task, key, agent or model.",
            [page["take"], page["skip"]],
            filter,
            (catalog, chosen, parsed) =>
            {
                var shown = page.Read(parsed);
                return catalog.List(chosen, shown.Take, shown.Skip);
            },
            EpisodeTables.Page
        );
    }

    private static Command Days() =>
        Over(
            "days",
            "Counts episodes, outcomes and tokens by the day the episodes started (UTC).",
            [],
            new EpisodeFilterOptions(),
            (catalog, chosen, _) => catalog.Days(chosen),
            EpisodeTables.Days
        );

    private static Command Show()
    {
        var id = new Argument<string>("episode")
        {
            Description = "Its id, or the beginning of it: six characters or more.",
        };
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command("show", "Shows one episode as a conversation, with its tokens and where it was read.")
        {
            id,
            home,
            json,
        };
        command.SetAction(parsed =>
        {
            using var catalog = new EpisodeCatalog(parsed.GetRequiredValue(home));
            var reference = parsed.GetRequiredValue(id);
            var episode =
                catalog.Read(new EpisodeId(reference).Collected.Value)
                ?? throw new BadInputException(
                    new SourceLocation(parsed.GetRequiredValue(home), 0),
                    $"There is no episode, or there are several, whose id begins with \"{reference}\".",
                    "List them: distiller episodes list. What retention discarded is not there any more."
                );
            new Output(parsed.GetValue(json)).Result(
                new EpisodeOutput(
                    episode.Episode,
                    episode.Source,
                    UsageEstimate.For(episode.Episode),
                    Outcomes(parsed.GetRequiredValue(home)).Tasks().Of(episode.Episode)
                ),
                EpisodeTables.Episode
            );
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Over<T>(
        string name,
        string description,
        IEnumerable<Option> options,
        EpisodeFilterOptions filter,
        Func<EpisodeCatalog, EpisodeFilter, ParseResult, T> ask,
        Action<Spectre.Console.IAnsiConsole, T> show
    )
    {
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(name, description);
        filter.AddTo(command);
        foreach (var option in options.Append(home).Append(json))
        {
            command.Options.Add(option);
        }

        command.SetAction(parsed =>
        {
            var folder = parsed.GetRequiredValue(home);
            using var catalog = new EpisodeCatalog(folder, outcomes: Outcomes(folder).Episodes());
            new Output(parsed.GetValue(json)).Result(ask(catalog, filter.Read(parsed), parsed), show);
            return ExitCode.Done;
        });
        return command;
    }

    private static WorkspaceOutcomes Outcomes(string home) => new(home, OutcomeRules.Default, TimeProvider.System);

    private sealed record PageOptions
    {
        [Setting("take", "How many")]
        [Range(1, 1000)]
        public int Take { get; init; } = 50;

        [Setting("skip", "How many to leave out first, for pages")]
        [Range(0, int.MaxValue)]
        public int Skip { get; init; }
    }
}
