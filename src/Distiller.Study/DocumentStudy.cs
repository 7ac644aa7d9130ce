using System.Security.Cryptography;
using System.Text;
using Distiller.Core;
using Distiller.Edge;
using Distiller.Retrieval;

namespace Distiller.Study;

/// <summary>Makes rows for the trainer out of one document: requests for its entries, answered by a teacher that reads it.</summary>
/// <param name="model">The base; it stays the caller's.</param>
/// <param name="systemLine">The student's whole prompt.</param>
/// <param name="rowTokensMax">A longer row is not used.</param>
/// <param name="tell">Is given the tokens made so far and a note.</param>
public sealed class DocumentStudy(
    EdgeModel model,
    string systemLine,
    int rowTokensMax,
    StudyOptions options,
    Action<long, string> tell
)
{
    /// <summary>Ids of episodes that nobody logged begin so.</summary>
    public const string MadeId = "made-";

    private const string RowTooLong = "the row is too long";

    /// <param name="unsolved">Requests without a known good answer, of any document.</param>
    /// <param name="tokensMax">Tokens of all rows; the last may go beyond.</param>
    public StudiedRows Run(
        StudiedContext context,
        IReadOnlyList<UnsolvedRequest> unsolved,
        long tokensMax,
        CancellationToken cancellation
    )
    {
        var past = context.Solved.Select(s => s.Past).ToList();
        using var teacher = new Teacher(model, context.Newest, past, options);
        var known = context
            .Solved.Where(s => !context.Outdated.Contains(s.Id))
            .OrderBy(s => Draw(s.Id.Value))
            .Select(s => new LoggedAnswer(s.Past.Request, s.First))
            .ToList();
        var check = known.Take(options.Checked).ToList();
        tell(0, $"asking the teacher what is known, {check.Count} requests");
        var (checkedOf, agreed) = teacher.Check(check, cancellation);
        var result = new StudiedDocument
        {
            ContextId = context.Id,
            Entries = context.Newest.Entries.Count,
            Changed = context.Changed,
            Checked = checkedOf,
            Agreed = agreed,
            Outdated = context.Outdated.Count,
        };
        if (agreed == 0 || agreed < options.AgreementMin * check.Count)
        {
            return new StudiedRows(
                [],
                [],
                result with
                {
                    Note =
                        $"The teacher answers {agreed} of {checkedOf} logged requests as they were answered: nothing that it says is used.",
                }
            );
        }

        var plainMax = (long)(tokensMax * (1 - options.ReadingShare));
        var (rows, made, tokens) = (new List<TrainingExample>(), new List<MadeRequest>(), 0L);
        foreach (
            var request in new StudyRequests(context.Newest, past, Own(context, unsolved)).Draw(
                options.RequestsPerEntry,
                options.Seed
            )
        )
        {
            if (tokens >= plainMax)
            {
                break;
            }

            Add(
                request.Kind,
                request.Entry.Id,
                systemLine,
                request.Text,
                teacher.Answer(request.Text, request.IsMade ? request.Entry : null, cancellation)
            );
        }

        if (options.ReadingShare > 0)
        {
            var readingMax = (long)(tokens * options.ReadingShare / (1 - options.ReadingShare)) + tokens;
            var reading = new ReadingPrompts(context.Newest, past, options);
            foreach (var prompt in reading.Draw(known))
            {
                if (tokens >= readingMax)
                {
                    break;
                }

                var answer = prompt.Answer is { } logged
                    ? new TeacherAnswer(logged, "")
                    : teacher.Read(prompt.Request, prompt.Entries, prompt.Deciding!, cancellation);
                Add(prompt.Kind, prompt.Deciding?.Id ?? "", prompt.System(systemLine), prompt.Request, answer);
            }
        }

        return new StudiedRows(rows, made, result with { Asked = made.Count, Used = rows.Count });

        void Add(string kind, string entry, string system, string request, TeacherAnswer answer)
        {
            var row = answer.Text is null ? null : Row(context.Id, system, request, answer.Text);
            made.Add(
                new MadeRequest(
                    row?.EpisodeId.Value ?? "",
                    context.Id,
                    entry,
                    kind,
                    system,
                    request,
                    answer.Text ?? "",
                    answer.Text is not null && row is null ? RowTooLong : answer.Reason
                )
            );
            if (row is not null)
            {
                rows.Add(row);
                tokens += row.Tokens.Length;
            }

            tell(tokens, $"{rows.Count} rows of {made.Count} requests");
        }
    }

    /// <summary>Those that were asked under a version of the document; where logs have no system message, under none.</summary>
    private static IReadOnlyList<string> Own(StudiedContext context, IReadOnlyList<UnsolvedRequest> unsolved) =>
        [
            .. unsolved
                .GroupBy(u => u.System, StringComparer.Ordinal)
                .Where(g => ContextDocument.Read(g.Key).IsVersionOf(context.Newest))
                .SelectMany(g => g.Select(u => u.Request)),
        ];

    /// <returns>Null where the row is longer than rows may be.</returns>
    private TrainingExample? Row(string contextId, string system, string request, string answer)
    {
        var chat = model.Tokenizer.TokenizeChat([
            new ChatMessage("system", system),
            new ChatMessage("user", request),
            new ChatMessage("assistant", answer),
        ]);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{contextId}\n{system}\n{request}"));
        var id = MadeId + Convert.ToHexStringLower(hash)[..16];
        return chat.Tokens.Length > rowTokensMax
            ? null
            : new TrainingExample(chat.Tokens, chat.AssistantMask, 1, new EpisodeId(id), 0)
            {
                TaskId = id,
                ContextId = contextId,
            };
    }

    private ulong Draw(string text) => new SplitMix64((ulong)options.Seed, text).Next();
}

/// <summary>What was made of one document.</summary>
public sealed record StudiedRows(
    IReadOnlyList<TrainingExample> Rows,
    IReadOnlyList<MadeRequest> Requests,
    StudiedDocument Document
);
