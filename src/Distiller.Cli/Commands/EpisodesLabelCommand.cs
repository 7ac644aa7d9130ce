using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Core;
using Distiller.Lake.Catalog;
using Distiller.Mining.Labelling;
using Distiller.Mining.Outcomes;

namespace Distiller.Cli.Commands;

/// <summary><c>episodes label</c>: a person's word on how episodes ended.</summary>
internal static class EpisodesLabelCommand
{
    public static Command Create()
    {
        var id = new Argument<string?>("episode")
        {
            Description = "Its id or the beginning of it; ID#2 is the second task of a session.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var outcome = new Argument<OutcomeKind?>("outcome")
        {
            Description = "succeeded, failed, or unknown to take a word back.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var note = new Option<string>("--note") { Description = "Why.", DefaultValueFactory = _ => "" };
        var by = new Option<string>("--by")
        {
            Description = "Who says it.",
            DefaultValueFactory = _ => Environment.UserName,
        };
        var from = new Option<FileInfo?>("--from")
        {
            Description = "A CSV file (id,outcome,note,tenant) or JSON Lines with these members, in place of one id.",
            HelpName = "FILE",
        };
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "label",
            """
            Says how an episode ended. A person's word stands over the log's and over every rule; the next mining follows it.

              ./distiller episodes label 3f9a1c succeeded --note "in production since Monday"
              ./distiller episodes label 3f9a1c#2 failed       the second task of a session
              ./distiller episodes label --from reviewed.csv
            """
        )
        {
            id,
            outcome,
            note,
            by,
            from,
            home,
            json,
        };
        command.SetAction(parsed =>
        {
            var (lines, refused) = (parsed.GetValue(id), parsed.GetValue(outcome), parsed.GetValue(from)) switch
            {
                ({ } one, { } says, null) => ([new LabelLine(0, one, says, parsed.GetRequiredValue(note), null)], []),
                (null, null, { } file) => LabelFile.Read(file.FullName),
                _ => throw new BadInputException(
                    new SourceLocation("episodes label", 0),
                    "Neither one episode with its outcome nor a file of them is named.",
                    "Give an id and succeeded or failed, or --from FILE."
                ),
            };
            var place = parsed.GetValue(from)?.FullName ?? "episodes label";
            var result = Label(parsed.GetRequiredValue(home), lines, place, parsed.GetRequiredValue(by), refused);
            new Output(parsed.GetValue(json)).Result(result, EpisodeTables.Labelled);
            foreach (var error in result.Refused)
            {
                Console.Error.WriteLine($"distiller: {UntrustedText.VisibleLines(error)}");
            }

            return result.Refused.Count > 0 ? ExitCode.BadInput : ExitCode.Done;
        });
        return command;
    }

    private static LabelledOutput Label(
        string home,
        IReadOnlyList<LabelLine> lines,
        string place,
        string by,
        IReadOnlyList<BadInputException> refused
    )
    {
        var reasons = refused.Select(e => $"{e.Place}: {e.Reason} {e.Remedy}").ToList();
        var labels = new List<PersonLabel>();
        using var catalog = new EpisodeCatalog(home);
        var outcomes = new TaskOutcomes(OutcomeRules.Default, persons: null);
        foreach (var line in lines)
        {
            if (Resolve(catalog, outcomes, line) is var (episode, key, why) && why is null)
            {
                labels.Add(
                    new PersonLabel(
                        episode!.Format,
                        episode.Tenant,
                        key,
                        line.Says,
                        by,
                        DateTimeOffset.UtcNow,
                        line.Note
                    )
                );
            }
            else
            {
                reasons.Add($"{new SourceLocation(place, line.Number)}: {why}");
            }
        }

        new LabelBook(home, TimeProvider.System).Add(labels);
        return new LabelledOutput(labels, reasons);
    }

    private static (Episode? Episode, string Key, string? Why) Resolve(
        EpisodeCatalog catalog,
        TaskOutcomes outcomes,
        LabelLine line
    )
    {
        var id = new EpisodeId(line.Id);
        if (catalog.Read(id.Collected.Value)?.Episode is not { } episode)
        {
            return (null, "", $"There is no episode, or there are several, whose id begins with \"{line.Id}\".");
        }

        if (line.Tenant is { Length: > 0 } tenant && tenant != episode.Tenant)
        {
            return (null, "", $"The episode {line.Id} is not of the tenant \"{tenant}\".");
        }

        if (id == id.Collected)
        {
            return (episode, episode.Key, null);
        }

        var task = outcomes
            .Of(episode)
            .FirstOrDefault(t => t.Id.Value == episode.Id.Value + line.Id[line.Id.IndexOf('#')..]);
        return task is null
            ? (null, "", $"The session has no task {line.Id[line.Id.IndexOf('#')..]}.")
            : (episode, task.Key, null);
    }
}

/// <summary>What <c>episodes label</c> did.</summary>
/// <param name="Refused">Lines that could not be followed, each with its place and reason.</param>
internal sealed record LabelledOutput(IReadOnlyList<PersonLabel> Labels, IReadOnlyList<string> Refused);
