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

    /// <summary>The embedder's name where it is not the built-in one, for recipes.</summary>
    public string? Embedder { get; init; }

    /// <summary>Gives pairs of tasks, by their names, that ask the same in other words.</summary>
    public Func<IReadOnlyList<(string A, string B)>> SameMeaning { get; init; } = () => [];

    /// <summary>What decides a mining's result besides episodes and options, for recipes; null where nothing is known.</summary>
    public object? Recipe =>
        Repository is null
        && Embedder is null
        && Rules is { Named: null, Found.Count: 0 }
        && CardReviews is not { Count: > 0 }
            ? null
            : new
            {
                // What it shows is part of the result, beside what follows from it.
                repository = Repository is { } history ? new { history.Head, evidence = 1 } : null,
                embedder = Embedder,
                rules = Rules.Hash,
                cards = CardReviews?.Values.OrderBy(r => r.Card, StringComparer.Ordinal),
            };
}
