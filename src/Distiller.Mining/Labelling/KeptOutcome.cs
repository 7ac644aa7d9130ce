using System.Text.Json;
using Distiller.Mining.Outcomes;

namespace Distiller.Mining.Labelling;

/// <summary>
/// How a task ended as its log or, where that does not tell, the rules say: a row of what is kept of each part of the store, so
/// that lists need not read conversations.
/// </summary>
/// <param name="Kind">As <see cref="OutcomeKind"/>.</param>
/// <param name="IsLogged">Whether the log itself tells.</param>
public sealed record KeptOutcome(
    string Id,
    string Format,
    string Tenant,
    string Key,
    int Kind,
    string Judge,
    double? Score,
    double? Confidence,
    bool IsLogged
)
{
    /// <summary>Name of the kept files.</summary>
    public const string Name = "outcomes";

    /// <summary>Raised when the same reduced task would give another row.</summary>
    public const string Version = "1";

    /// <summary>Of a file of <see cref="Reducing.ReducedEpisodeRow"/>, whose conversations are not read.</summary>
    public static IEnumerable<KeptOutcome> ReadReduced(string path) =>
        ParquetFile
            .Read<ReducedTask>(path)
            .Select(r => new KeptOutcome(
                r.Id,
                r.Format,
                r.Tenant,
                r.Key,
                (int)Enum.Parse<OutcomeKind>(r.Outcome, ignoreCase: true),
                r.Judge,
                r.Score,
                r.Confidence,
                JsonSerializer
                    .Deserialize<IReadOnlyList<Evidence>>(r.EvidenceJson, EpisodeJson.Options)
                    ?.Any(e => e.Source == Evidence.Log) == true
            ));

    public Outcome ToOutcome() => new((OutcomeKind)Kind, Judge, Score, Confidence);

    /// <summary>The columns that are read.</summary>
    private sealed record ReducedTask(
        string Id,
        string Format,
        string Tenant,
        string Key,
        string Outcome,
        string Judge,
        double? Score,
        double? Confidence,
        string EvidenceJson
    );
}
