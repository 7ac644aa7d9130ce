using System.Text;
using Distiller.Retrieval;

namespace Distiller.Study;

/// <summary>
/// Requests for one entry, made of those that were logged for another by exchanging the words in which the heads of the two
/// differ: heads <c>payments disk</c> and <c>search disk</c> turn "The payments volume is full" into "The search volume is
/// full". Only heads of as many words, of which some are the same, are alike enough for that, and every word to be exchanged
/// must stand in the request.
/// </summary>
public static class RequestVariations
{
    /// <returns>Null where the request cannot be put for the other entry.</returns>
    public static string? Of(string request, ContextEntry from, ContextEntry to)
    {
        var (own, other) = (TextWords.Of(from.Head), TextWords.Of(to.Head));
        if (own.Count != other.Count || own.SequenceEqual(other, StringComparer.Ordinal))
        {
            return null;
        }

        var exchanged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (a, b) in own.Zip(other).Where(p => p.First != p.Second))
        {
            if (!exchanged.TryAdd(a, b) && exchanged[a] != b)
            {
                return null;
            }
        }

        return exchanged.Count < own.Count ? Exchange(request, exchanged) : null;
    }

    private static string? Exchange(string request, Dictionary<string, string> words)
    {
        var written = new StringBuilder(request.Length);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < request.Length; )
        {
            var end = i;
            while (end < request.Length && char.IsLetterOrDigit(request[end]))
            {
                end++;
            }

            if (end == i)
            {
                written.Append(request[i++]);
                continue;
            }

            var word = request[i..end];
            if (words.TryGetValue(word.ToLowerInvariant(), out var other))
            {
                seen.Add(word.ToLowerInvariant());
                written.Append(char.IsUpper(word[0]) ? char.ToUpperInvariant(other[0]) + other[1..] : other);
            }
            else
            {
                written.Append(word);
            }

            i = end;
        }

        return seen.Count == words.Count ? written.ToString() : null;
    }
}
