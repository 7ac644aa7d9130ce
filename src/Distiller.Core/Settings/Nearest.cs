namespace Distiller.Core.Settings;

/// <summary>What somebody meant who wrote something else.</summary>
public static class Nearest
{
    /// <summary>The word that takes the fewest changed letters, two or a third of them at most; null: none is near.</summary>
    public static string? To(string written, IEnumerable<string> words) =>
        words
            .Select(w => (Word: w, Changes: Changes(written.ToUpperInvariant(), w.ToUpperInvariant())))
            .Where(w => w.Changes <= Math.Max(Math.Min(2, w.Word.Length / 2), w.Word.Length / 3))
            .OrderBy(w => w.Changes)
            .ThenBy(w => w.Word, StringComparer.Ordinal)
            .Select(w => w.Word)
            .FirstOrDefault();

    /// <summary>Levenshtein's distance.</summary>
    private static int Changes(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > b.Length)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var (diagonal, left) = (row[0], i);
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                left = Math.Min(Math.Min(left, row[j]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                (diagonal, row[j]) = (row[j], left);
            }
        }

        return row[^1];
    }
}
