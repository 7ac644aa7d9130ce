using Distiller.Mining.Contexts;
using Distiller.Mining.Imprints;
using Distiller.Mining.Repositories;

namespace Distiller.Mining;

/// <summary>What mining knows beside the logs.</summary>
public sealed record MiningSources
{
    /// <summary>The repository that tasks changed; null: nobody named one.</summary>
    public RepositoryHistory? Repository { get; init; }

    public ProjectRules Rules { get; init; } = ProjectRules.None;

    /// <summary>What people decided on cards, by card; null for nothing.</summary>
    public IReadOnlyDictionary<string, CardReview>? CardReviews { get; init; }

    /// <summary>What decides a mining's result besides episodes and options, for recipes; null where nothing is known.</summary>
    public object? Recipe =>
        Repository is null && Rules is { Named: null, Found.Count: 0 } && CardReviews is not { Count: > 0 }
            ? null
            : new
            {
                repository = Repository?.Head,
                rules = Rules.Hash,
                cards = CardReviews?.Values.OrderBy(r => r.Card, StringComparer.Ordinal),
            };
}
