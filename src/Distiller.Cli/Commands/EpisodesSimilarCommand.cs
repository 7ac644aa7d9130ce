using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Core;
using Distiller.Lake.Catalog;
using Distiller.Mining.Outcomes;
using Distiller.Mining.Similar;
using Distiller.Qdrant;

namespace Distiller.Cli.Commands;

/// <summary><c>episodes similar</c>: past tasks that asked something like this one.</summary>
internal static class EpisodesSimilarCommand
{
    private const int TakeMax = 200;

    public static Command Create()
    {
        var id = new Argument<string?>("episode")
        {
            Description = "Its id, or six characters of it or more; ID#n is its task n.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var text = new Option<string?>("--text") { Description = "A text in place of an episode.", HelpName = "TEXT" };
        var take = new Option<int>("--take") { Description = "How many.", DefaultValueFactory = _ => 10 };
        take.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() is < 1 or > TakeMax)
            {
                r.AddError($"--take is 1 to {TakeMax}.");
            }
        });
        var embedder = new Option<FileInfo?>("--embedder")
        {
            Description = "The embedding model that the night used; leave it out for the built-in text features.",
            HelpName = "GGUF",
        };
        var qdrant = new Option<Uri?>("--qdrant")
        {
            Description =
                "A Qdrant server's gRPC address that searches in place of this process; its key in $DISTILLER_QDRANT_KEY.",
            HelpName = "URL",
            CustomParser = r =>
            {
                if (Uri.TryCreate(r.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
                {
                    return url;
                }

                r.AddError("--qdrant is an address such as http://127.0.0.1:6334.");
                return null;
            },
        };
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "similar",
            """
            Finds the tasks of the newest mining that ask something like an episode or a text, with how they ended.

              ./distiller episodes similar 3f9a1c#2
              ./distiller episodes similar --text "the invoice total is wrong"
            """
        )
        {
            id,
            text,
            take,
            embedder,
            qdrant,
            home,
            json,
        };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(id) is null) == (result.GetValue(text) is null))
            {
                result.AddError("Name an episode, or give --text.");
            }
        });
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var folder = parsed.GetRequiredValue(home);
                using var opened = TaskEmbedder.Open(parsed.GetValue(embedder)?.FullName);
                var tasks = TaskSearch.Read(folder, opened);
                var (asked, own) = parsed.GetValue(id) is { } reference
                    ? Asked(folder, reference)
                    : (parsed.GetValue(text)!, null);
                var found = parsed.GetValue(qdrant) is { } url
                    ? await AskAsync(url, folder, tasks, opened, asked, parsed.GetValue(take) + 1, cancellation)
                    : new TaskSearch(tasks, opened).Find(asked, parsed.GetValue(take) + 1);
                new Output(parsed.GetValue(json)).Result<IReadOnlyList<SimilarTask>>(
                    [.. found.Where(t => t.Task.Id != own).Take(parsed.GetValue(take))],
                    EpisodeTables.Similar
                );
                return ExitCode.Done;
            }
        );
        return command;
    }

    /// <summary>By a Qdrant server, which is given the tasks where it has not got them yet.</summary>
    private static async Task<IReadOnlyList<SimilarTask>> AskAsync(
        Uri url,
        string home,
        IReadOnlyList<SearchedTask> tasks,
        TaskEmbedder embedder,
        string text,
        int take,
        CancellationToken cancellation
    )
    {
        var workspace = CanonicalJson.Hash(Path.GetFullPath(home));
        var mining = CanonicalJson.Hash(tasks.Select(t => t.Id));
        using var index = new QdrantTasks(
            url,
            Environment.GetEnvironmentVariable("DISTILLER_QDRANT_KEY"),
            $"distiller-{workspace[..12]}",
            mining[..16],
            embedder
        );
        await index.ReplaceAsync([.. tasks], cancellation);
        var found = new List<SimilarTask>();
        await foreach (var hit in index.SearchAsync(text, take, cancellationToken: cancellation))
        {
            found.Add(new SimilarTask(hit.Record, hit.Score ?? 0));
        }

        return found;
    }

    /// <summary>What a task asks, and its id.</summary>
    private static (string Text, string Id) Asked(string home, string reference)
    {
        using var catalog = new EpisodeCatalog(home);
        var asked = new EpisodeId(reference);
        var episode =
            catalog.Read(asked.Collected.Value)?.Episode
            ?? throw new BadInputException(
                new SourceLocation(home, 0),
                $"There is no episode, or there are several, whose id begins with \"{reference}\".",
                "List them: distiller episodes list."
            );
        var tasks = new Mining.Tasks.TaskCutter(OutcomeRules.Default).Cut(episode);
        var number = asked.TaskNumber ?? 1;
        return number < 1 || number > tasks.Count
            ? throw new BadInputException(
                new SourceLocation(reference, 0),
                $"The episode has {tasks.Count} tasks, and none of that number.",
                "'distiller episodes show ID' lists them."
            )
            : (TaskText.Of(tasks[number - 1]), tasks[number - 1].Id.Value);
    }
}
