using System.Diagnostics.CodeAnalysis;

namespace Distiller.Mining.Reducing;

/// <summary>A reduced episode as a row, with what each reducer did to it as parallel lists.</summary>
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

    public static ReducedEpisodeRow Of(ReducedEpisode reduced)
    {
        var sums = ReductionSummary.Of(reduced.Reductions);
        return new ReducedEpisodeRow(From(reduced.Episode, EpisodeSource.None, generation: 0))
        {
            Reducers = [.. sums.Select(s => s.Reducer)],
            ReducedOutputs = [.. sums.Select(s => s.Outputs)],
            TokensBefore = [.. sums.Select(s => s.TokensBefore)],
            TokensAfter = [.. sums.Select(s => s.TokensAfter)],
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
