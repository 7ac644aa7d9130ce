using System.Text.Json;
using System.Text.Json.Serialization;
using Distiller.Mining.Patterns;

namespace Distiller.Mining.Reviewing;

/// <summary>
/// What people decided on patterns, with the history: <c>pattern-reviews.json</c> in the workspace. Has a lock of its own
/// and not the workspace's, since people decide while a night runs; the next mining reads it.
/// </summary>
public sealed class PatternReviews(string home, TimeProvider time)
{
    public const string FileName = "pattern-reviews.json";
    private const string LockName = ".pattern-reviews.lock";
    private const string CurrentSchema = "distiller.pattern-reviews/1";
    private const string Remedy =
        "Correct the line, restore the file from a copy, or remove it: then no pattern is reviewed.";
    private const int ByCharsMax = 200;
    private const int NoteCharsMax = 2000;
    private const long BytesMax = 64L << 20;

    private static readonly JsonSerializerOptions Json = new(EpisodeJson.Options)
    {
        WriteIndented = true,
        NewLine = "\n",
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The file's full path.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetFullPath(home), FileName);

    /// <summary>Every decision ever made, the oldest first.</summary>
    /// <exception cref="BadInputException">The file is damaged; the line is named.</exception>
    public IReadOnlyList<PatternReview> History()
    {
        byte[] bytes;
        try
        {
            if (new FileInfo(Path) is { Exists: true, Length: > BytesMax } large)
            {
                throw Bad(0, $"{large.Length} bytes; at most {BytesMax} are read.");
            }

            bytes = File.ReadAllBytes(Path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }

        try
        {
            var file = JsonSerializer.Deserialize<ReviewFile>(bytes, Json) ?? throw Bad(1, "It holds null.");
            Check(file);
            return file.Reviews;
        }
        catch (JsonException e)
        {
            throw Bad((e.LineNumber ?? -1) + 1, $"Not the JSON expected here ({e.Path}).", e);
        }
    }

    /// <summary>The decisions that count, by the pattern's id: the last on each, where it is one.</summary>
    /// <exception cref="BadInputException">The file is damaged.</exception>
    public IReadOnlyDictionary<string, PatternReview> Current() => Current(History());

    /// <summary>The same, as a mining run takes it; null: nothing was decided.</summary>
    /// <exception cref="BadInputException">The file is damaged.</exception>
    public ReviewedProcedures? Procedures() => ReviewedProcedures.Of(Current().Values);

    /// <summary>Writes a decision down.</summary>
    /// <param name="by">Who decides; 1 to 200 characters.</param>
    /// <param name="note">Why; 2,000 characters at most.</param>
    /// <exception cref="BadInputException">The file is damaged, the disk is full, or an argument is not as it should be.</exception>
    public PatternReview Decide(Pattern pattern, PatternDecision decision, string by, string note = "") =>
        Decide(pattern.Id, [.. pattern.Steps.Select(s => s.Tool)], pattern.Intent, decision, by, note);

    /// <inheritdoc cref="Decide(Pattern, PatternDecision, string, string)"/>
    /// <param name="pattern">The pattern's id.</param>
    /// <param name="tools">Of its steps.</param>
    public PatternReview Decide(
        string pattern,
        IReadOnlyList<string> tools,
        string intent,
        PatternDecision decision,
        string by,
        string note = ""
    )
    {
        if (string.IsNullOrWhiteSpace(by) || by.Length > ByCharsMax || note.Length > NoteCharsMax)
        {
            throw new BadInputException(
                new SourceLocation("review", 0),
                "Who decides is not said, or the name or the note is too long.",
                $"Give a name of at most {ByCharsMax} characters and a note of at most {NoteCharsMax}."
            );
        }

        var review = new PatternReview
        {
            Pattern = pattern,
            Tools = tools,
            Intent = intent,
            Decision = decision,
            By = by,
            At = time.GetUtcNow(),
            Note = note,
        };
        return DiskFull.Guard(
            Path,
            () =>
            {
                var lockPath = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, LockName);
                using var onlyOne = FileLock.Take(lockPath, "Another review", time);
                var file = new ReviewFile(CurrentSchema, [.. History(), review]);
                Check(file);
                AtomicFile.WriteAllBytes(Path, [.. JsonSerializer.SerializeToUtf8Bytes(file, Json), (byte)'\n']);
                return review;
            }
        );
    }

    private static IReadOnlyDictionary<string, PatternReview> Current(IReadOnlyList<PatternReview> history)
    {
        var current = new SortedDictionary<string, PatternReview>(StringComparer.Ordinal);
        foreach (var review in history)
        {
            current[review.Pattern] = review;
        }

        return current
            .Where(r => r.Value.Decision != PatternDecision.None)
            .ToDictionary(r => r.Key, r => r.Value, StringComparer.Ordinal);
    }

    private void Check(ReviewFile file)
    {
        if (!string.Equals(file.Schema, CurrentSchema, StringComparison.Ordinal))
        {
            throw Bad(0, "It is of a schema this version does not know.");
        }

        for (var i = 0; i < file.Reviews.Count; i++)
        {
            if (file.Reviews[i] is not { } review || review.Tools.Any(t => t is null))
            {
                throw Bad(0, $"Review {i + 1} is null, or one of its tools is.");
            }

            if (PatternIdentity.Of(review.Tools) != review.Pattern)
            {
                throw Bad(0, $"Review {i + 1}: its tools are not those of the pattern it names.");
            }
        }
    }

    private BadInputException Bad(long line, string reason, Exception? inner = null) =>
        new(new SourceLocation(Path, line), reason, Remedy, inner);

    private sealed record ReviewFile(string Schema, IReadOnlyList<PatternReview> Reviews);
}

/// <summary>One decision of a person on a pattern.</summary>
public sealed record PatternReview
{
    /// <summary>The pattern's id.</summary>
    public required string Pattern { get; init; }

    /// <summary>The tools of its steps; the id is their hash, so a rejected procedure is known without being mined again.</summary>
    public required IReadOnlyList<string> Tools { get; init; }

    /// <summary>What the pattern was about when it was decided on.</summary>
    public required string Intent { get; init; }

    public required PatternDecision Decision { get; init; }

    /// <summary>Who decided.</summary>
    public required string By { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Why, in the person's words; may be empty.</summary>
    public required string Note { get; init; }
}

/// <summary>What a person says of a pattern.</summary>
public enum PatternDecision
{
    /// <summary>Nothing, or no longer anything: the miner alone decides.</summary>
    None,

    /// <summary>It stays as long as enough episodes follow it.</summary>
    Accepted,

    /// <summary>It is no pattern, and what follows it is not taught.</summary>
    Rejected,
}

/// <summary>People's decisions as far as they change what is mined: who decided, when and why is not in it.</summary>
/// <param name="Accepted">The tools of each accepted procedure, in the order of their ids.</param>
/// <param name="Rejected">The same of the rejected ones.</param>
public sealed record ReviewedProcedures(
    IReadOnlyList<IReadOnlyList<string>> Accepted,
    IReadOnlyList<IReadOnlyList<string>> Rejected
)
{
    /// <returns>Null where nothing is decided, so that a run without decisions is the run it always was.</returns>
    public static ReviewedProcedures? Of(IEnumerable<PatternReview> current)
    {
        var decided = current.OrderBy(r => r.Pattern, StringComparer.Ordinal).ToList();
        var procedures = new ReviewedProcedures(
            [.. decided.Where(r => r.Decision == PatternDecision.Accepted).Select(r => r.Tools)],
            [.. decided.Where(r => r.Decision == PatternDecision.Rejected).Select(r => r.Tools)]
        );
        return procedures.Accepted.Count + procedures.Rejected.Count == 0 ? null : procedures;
    }

    /// <summary>
    /// The same, with what was tried and found to do harm among the rejected: a person who accepted a procedure has the last word.
    /// </summary>
    public static ReviewedProcedures? WithRefuted(
        ReviewedProcedures? reviews,
        IEnumerable<IReadOnlyList<string>> refuted
    )
    {
        var decided = (reviews?.Accepted ?? []).Concat(reviews?.Rejected ?? []).Select(PatternIdentity.Of).ToHashSet();
        var added = refuted.Where(tools => !decided.Contains(PatternIdentity.Of(tools))).ToList();
        return added.Count == 0
            ? reviews
            : new ReviewedProcedures(
                reviews?.Accepted ?? [],
                [.. (reviews?.Rejected ?? []).Concat(added).OrderBy(PatternIdentity.Of, StringComparer.Ordinal)]
            );
    }
}
