namespace Distiller.Opsdesk;

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
