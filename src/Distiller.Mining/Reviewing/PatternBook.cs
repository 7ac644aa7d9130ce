using Distiller.Mining.Patterns;

namespace Distiller.Mining.Reviewing;

/// <summary>The patterns of a workspace for people: those of its newest mining, and those that were decided on.</summary>
public sealed class PatternBook(string home, TimeProvider time)
{
    /// <summary>The kind of artifact that the patterns lie in, and the file.</summary>
    public const string ArtifactKind = Lake.ArtifactKind.Mined;

    /// <inheritdoc cref="ArtifactKind"/>
    public const string PatternsFile = ArtifactFileName.Patterns;

    private const int PrefixCharsMin = 4;

    public PatternReviews Reviews { get; } = new(home, time);

    /// <summary>The newest mining; null: nothing was mined.</summary>
    public Artifact? Mined()
    {
        if (!Directory.Exists(home))
        {
            return null;
        }

        using var workspace = Workspace.OpenReadOnly(home);
        return workspace.Artifacts.Latest(ArtifactKind);
    }

    /// <summary>The newest patterns, the most useful first, then the decided ones that are not among them, by id.</summary>
    /// <exception cref="BadInputException">The reviews or the artifact are damaged.</exception>
    public IReadOnlyList<ReviewedPattern> List()
    {
        var reviews = Reviews.Current();
        var patterns = Mined() is { } mined ? Read(mined) : [];
        var known = patterns.Select(p => p.Id).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. patterns.Select(p => new ReviewedPattern(
                p.Id,
                p.Intent,
                [.. p.Steps.Select(s => s.Tool)],
                p,
                reviews.GetValueOrDefault(p.Id)
            )),
            .. reviews
                .Values.Where(r => !known.Contains(r.Pattern))
                .OrderBy(r => r.Pattern, StringComparer.Ordinal)
                .Select(r => new ReviewedPattern(r.Pattern, r.Intent, r.Tools, null, r)),
        ];
    }

    /// <summary>The one pattern a person means.</summary>
    /// <param name="reference">Its id, or the beginning of it (four characters or more) if only one has it.</param>
    /// <exception cref="BadInputException">There is none, or there are several.</exception>
    public ReviewedPattern Find(string reference)
    {
        var found = List()
            .Where(p =>
                p.Id == reference
                || (reference.Length >= PrefixCharsMin && p.Id.StartsWith(reference, StringComparison.Ordinal))
            )
            .ToList();
        return found.Count == 1
            ? found[0]
            : throw new BadInputException(
                new SourceLocation(Reviews.Path, 0),
                found.Count == 0
                    ? $"There is no pattern whose id begins with \"{reference}\"."
                    : $"{found.Count} patterns have an id that begins with \"{reference}\".",
                "List them: distiller patterns list."
            );
    }

    /// <summary>Writes a decision on a pattern down; the next mining respects it.</summary>
    /// <param name="reference">As for <see cref="Find"/>.</param>
    /// <exception cref="BadInputException">There is no such pattern, or the reviews cannot be written.</exception>
    public PatternReview Decide(string reference, PatternDecision decision, string by, string note = "")
    {
        var pattern = Find(reference);
        return Reviews.Decide(pattern.Id, pattern.Tools, pattern.Intent, decision, by, note);
    }

    private static IReadOnlyList<Pattern> Read(Artifact mined) =>
        [.. ParquetTable.Read<PatternRow>(mined.File(PatternsFile)).Select(r => r.ToPattern())];
}

/// <summary>A pattern as the newest mining found it, with what a person said of it.</summary>
/// <param name="Pattern">Null: it is not among the newest patterns (rejected before, or no longer frequent).</param>
/// <param name="Review">The decision that counts; null: none.</param>
public sealed record ReviewedPattern(
    string Id,
    string Intent,
    IReadOnlyList<string> Tools,
    Pattern? Pattern,
    PatternReview? Review
)
{
    public PatternDecision Decision => Review?.Decision ?? PatternDecision.None;
}
