namespace Distiller.Opsdesk;

/// <summary>
/// Names such as <c>amber-fox</c>, divided so that no name belongs to two pools. The division is over pairs of words and
/// not over words: a small base can only copy a word whose token it has seen, so every word occurs in both pools, in
/// both places, but never in the same pair.
/// </summary>
public sealed class NamePool
{
    private const int Parts = 5;

    private readonly HashSet<string> _names;

    private NamePool(string title, Func<int, bool> takes)
    {
        Title = title;
        var names = new List<string>();
        for (var first = 0; first < Words.Names.Length; first++)
        {
            for (var second = 0; second < Words.Names.Length; second++)
            {
                if (first != second && takes((first + second) % Parts))
                {
                    names.Add($"{Words.Names[first]}-{Words.Names[second]}");
                }
            }
        }

        Names = names;
        _names = names.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>A fifth of the names: for the sample company and whatever a base is tested with.</summary>
    public static NamePool Demo { get; } = new("demo", part => part == 0);

    /// <summary>The rest: for the companies that a base is pre-trained on.</summary>
    public static NamePool Pretraining { get; } = new("pretraining", part => part != 0);

    public string Title { get; }

    public int Count => Names.Count;

    /// <summary>In a fixed order.</summary>
    internal IReadOnlyList<string> Names { get; }

    public bool Contains(string name) => _names.Contains(name);
}

/// <summary>Names of a pool in random order, none twice.</summary>
internal sealed class NameDraw(NamePool pool, SeededRandom random)
{
    private readonly HashSet<string> _drawn = new(StringComparer.Ordinal);

    public string Next()
    {
        if (_drawn.Count == pool.Count)
        {
            throw new InvalidOperationException($"The pool '{pool.Title}' has no more than {pool.Count} names.");
        }

        string name;
        do
        {
            name = random.Pick(pool.Names);
        } while (!_drawn.Add(name));

        return name;
    }
}
