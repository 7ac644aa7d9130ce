using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Distiller.Core;
using Distiller.Edge;
using Distiller.Lake;
using Distiller.Retrieval;
using Distiller.Study;

namespace Distiller.Jobs.Stages;

/// <summary>
/// Adds to the logged successes what the documents in the agents' prompts say and no log shows yet: the base, with the document
/// in its prompt, answers requests made for every entry. Logged rows that contradict a document's newest version are left out.
/// </summary>
public sealed class StudyStage(Night night)
{
    /// <summary>Rows of <see cref="MadeRequest"/>.</summary>
    public const string RequestsFile = "requests.parquet";
    public const string SummaryFile = "study.json";
    private const string Stage = "study";
    private const string MadeId = "made-";
    internal const string Version = "1";

    /// <returns>
    /// An artifact with <see cref="MineStage.TrainFile"/>; what was mined itself where there is no document to study.
    /// </returns>
    public Artifact Run(Artifact mined, CancellationToken cancellation = default)
    {
        var options = night.Settings.Study with { Seed = night.Settings.Seed };
        if (
            options.Share == 0
            || !MineStage.ReadContexts(mined).Any(c => ContextDocument.Read(c.Text).Entries.Count > 0)
        )
        {
            return mined;
        }

        var recipe = new ArtifactRecipe(
            Stage,
            Version,
            new
            {
                @base = night.Base.Sha256,
                options,
                night.Settings.Mining.Examples.SystemLine,
                night.Settings.Mining.Examples.SequenceTokensMax,
            },
            night.Settings.Seed,
            [mined.Key]
        );
        return night.Make(ArtifactKind.Studied, recipe, draft => Study(draft, mined, options, cancellation));
    }

    public static StudySummary ReadSummary(Artifact studied) => studied.ReadJson<StudySummary>(SummaryFile);

    private void Study(ArtifactDraft draft, Artifact mined, StudyOptions options, CancellationToken cancellation)
    {
        night.Tell(Stage, 0, 1, "loading the base");
        var rows = ExampleFile.Read(mined.File(MineStage.TrainFile)).ToList();
        var documents = StudiedContext.Of(
            MineStage.ReadContexts(mined).ToDictionary(c => c.Id, c => c.Text, StringComparer.Ordinal),
            Taught(rows, cancellation)
        );
        using var model = EdgeModel.Load(
            night.Settings.BasePath,
            new EdgeModelOptions { Threads = night.Settings.Threads }
        );
        var kept = rows.Where(r => !documents.Any(d => d.Outdated.Contains(r.EpisodeId))).ToList();
        var budget = (long)(kept.Sum(r => (long)r.Tokens.Length) * options.Share / (1 - options.Share));
        var (requests, studied, made) = (
            new List<MadeRequest>(),
            new List<StudiedDocument>(),
            new List<TrainingExample>()
        );
        var left = documents.Sum(d => d.Newest.Entries.Count);
        foreach (var document in documents)
        {
            // What is left of the budget is divided by entries, so that a small document does not starve a large one.
            var own = left == 0 ? 0 : budget * document.Newest.Entries.Count / left;
            var (some, result) = Study(model, document, own, options, requests, cancellation);
            budget -= some.Sum(r => (long)r.Tokens.Length);
            left -= document.Newest.Entries.Count;
            made.AddRange(some);
            studied.Add(result);
        }

        ExampleFile.Write(draft[MineStage.TrainFile], [.. kept, .. made]);
        ParquetTable.Write(draft[RequestsFile], requests);
        var summary = new StudySummary { Documents = studied, Tokens = made.Sum(r => (long)r.Tokens.Length) };
        AtomicFile.WriteAllBytes(draft[SummaryFile], JsonSerializer.SerializeToUtf8Bytes(summary, EpisodeJson.Options));
        night.Tell(Stage, 1, 1, $"{summary.Made} rows made, {rows.Count - kept.Count} out of date");
    }

    private (IReadOnlyList<TrainingExample> Rows, StudiedDocument Result) Study(
        EdgeModel model,
        StudiedContext context,
        long tokensMax,
        StudyOptions options,
        List<MadeRequest> requests,
        CancellationToken cancellation
    )
    {
        var past = context.Solved.Select(s => s.Past).ToList();
        using var teacher = new Teacher(model, context.Newest, past, options);
        var known = context
            .Solved.Where(s => !context.Outdated.Contains(s.Id))
            .OrderBy(s => new SplitMix64((ulong)options.Seed, s.Id.Value).Next())
            .Take(options.Checked)
            .Select(s => new LoggedAnswer(s.Past.Request, s.First))
            .ToList();
        night.Tell(Stage, 0, 1, $"asking the teacher what is known, {known.Count} requests");
        var agreed = teacher.Agreements(known, cancellation);
        var result = new StudiedDocument(
            context.Id,
            context.Newest.Entries.Count,
            context.Changed,
            known.Count,
            agreed,
            Asked: 0,
            Used: 0,
            context.Outdated.Count,
            ""
        );
        if (known.Count == 0 || agreed < options.AgreementMin * known.Count)
        {
            return (
                [],
                result with
                {
                    Note =
                        $"The teacher answers {agreed} of {known.Count} logged requests as they were: its answers are not used.",
                }
            );
        }

        var rows = new List<TrainingExample>();
        var (tokens, asked) = (0L, 0);
        foreach (
            var request in new StudyRequests(context.Newest, past, []).Draw(options.RequestsPerEntry, options.Seed)
        )
        {
            if (tokens >= tokensMax)
            {
                break;
            }

            var answer = teacher.Answer(request.Text, request.Entry, cancellation);
            var row = answer.Text is null ? null : Row(context.Id, request.Text, answer.Text);
            asked++;
            requests.Add(
                new MadeRequest(
                    row?.EpisodeId.Value ?? "",
                    context.Id,
                    request.Entry.Id,
                    request.Kind,
                    request.Text,
                    answer.Text ?? "",
                    answer.Text is not null && row is null ? "the row is too long" : answer.Reason
                )
            );
            if (row is not null)
            {
                rows.Add(row);
                tokens += row.Tokens.Length;
            }

            night.Tell(Stage, Math.Min(tokens, tokensMax - 1), tokensMax, $"{rows.Count} rows of {asked} requests");
        }

        return (rows, result with { Asked = asked, Used = rows.Count });
    }

    /// <returns>Null where the row is longer than rows may be.</returns>
    private TrainingExample? Row(string contextId, string request, string answer)
    {
        var examples = night.Settings.Mining.Examples;
        var chat = night
            .Tokenizer()
            .TokenizeChat([
                new ChatMessage("system", examples.SystemLine),
                new ChatMessage("user", request),
                new ChatMessage("assistant", answer),
            ]);
        var id =
            MadeId + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{contextId}\n{request}")))[..16];
        return chat.Tokens.Length > examples.SequenceTokensMax
            ? null
            : new TrainingExample(chat.Tokens, chat.AssistantMask, 1, new EpisodeId(id), 0)
            {
                TaskId = id,
                ContextId = contextId,
            };
    }

    /// <summary>The episodes behind the rows, with the context that each was taught under.</summary>
    private IEnumerable<SolvedEpisode> Taught(List<TrainingExample> rows, CancellationToken cancellation)
    {
        var contextOf = rows.Where(r => r.ContextId.Length > 0)
            .DistinctBy(r => r.EpisodeId)
            .ToDictionary(r => r.EpisodeId, r => r.ContextId);
        return ParquetFile
            .ReadById<EpisodeRow>(new ReduceStage(night).Parts(cancellation), [.. contextOf.Keys.Select(i => i.Value)])
            .Select(row => row.ToEpisode())
            .Select(e => SolvedEpisode.Of(e, contextOf[e.Id]));
    }
}
