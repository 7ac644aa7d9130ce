using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Distiller.Mining.Outcomes;

namespace Distiller.Mining.Reducing;

/// <summary>A reduced task as a row, with the evidence on its outcome and what each reducer did to it as parallel lists.</summary>
public sealed record ReducedEpisodeRow : EpisodeRow
{
    public ReducedEpisodeRow() { }

    [SetsRequiredMembers]
    private ReducedEpisodeRow(EpisodeRow row)
        : base(row) { }

    public required string[] Reducers { get; init; } = [];
    public required int[] ReducedOutputs { get; init; } = [];
    public required long[] TokensBefore { get; init; } = [];
    public required long[] TokensAfter { get; init; } = [];

    /// <summary>See <see cref="Outcomes.JudgedTask.Evidence"/>.</summary>
    public required string EvidenceJson { get; init; } = "[]";

    public IReadOnlyList<Evidence> ToEvidence() =>
        JsonSerializer.Deserialize<IReadOnlyList<Evidence>>(EvidenceJson, EpisodeJson.Options) ?? [];

    public static ReducedEpisodeRow Of(ReducedEpisode reduced, IReadOnlyList<Evidence> evidence)
    {
        var sums = ReductionSummary.Of(reduced.Reductions);
        return new ReducedEpisodeRow(From(reduced.Episode, EpisodeSource.None, generation: 0))
        {
            Reducers = [.. sums.Select(s => s.Reducer)],
            ReducedOutputs = [.. sums.Select(s => s.Outputs)],
            TokensBefore = [.. sums.Select(s => s.TokensBefore)],
            TokensAfter = [.. sums.Select(s => s.TokensAfter)],
            EvidenceJson = JsonSerializer.Serialize(evidence, EpisodeJson.Options),
        };
    }
}

/// <summary>Of a <see cref="ReducedEpisodeRow"/> what the table of reductions is summed from.</summary>
public sealed record EpisodeReductions(
    string Id,
    string[] Reducers,
    int[] ReducedOutputs,
    long[] TokensBefore,
    long[] TokensAfter
)
{
    public IEnumerable<ReductionSummary> Sums() =>
        Reducers.Select((r, i) => new ReductionSummary(r, ReducedOutputs[i], TokensBefore[i], TokensAfter[i]));
}
