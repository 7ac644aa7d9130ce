using Distiller.Core;
using Distiller.Retrieval;

namespace Distiller.Study;

/// <summary>
/// Whether two answers come to the same: the same tool calls in the same order, the same words that hold a digit (codes, ids,
/// amounts), and otherwise nearly the same words.
/// </summary>
public static class AnswerAgreement
{
    /// <param name="sameWordsMin">F1 of the words as multisets, 2 · common / (|a| + |b|), at least.</param>
    public static bool Holds(string a, string b, double sameWordsMin)
    {
        if (a == b)
        {
            return true;
        }

        if (!Calls(a).SequenceEqual(Calls(b), StringComparer.Ordinal))
        {
            return false;
        }

        var (mine, theirs) = (TextWords.Of(a), TextWords.Of(b));
        return mine.Count + theirs.Count > 0
            && Coded(mine).SetEquals(Coded(theirs))
            && 2.0 * Common(mine, theirs) / (mine.Count + theirs.Count) >= sameWordsMin;
    }

    private static IEnumerable<string> Calls(string answer) =>
        Conversation.ParseToolCalls(answer).Select(c => $"{c.Name} {c.ArgumentsJson}");

    private static HashSet<string> Coded(IEnumerable<string> words) =>
        words.Where(w => w.Any(char.IsDigit)).ToHashSet(StringComparer.Ordinal);

    private static int Common(IEnumerable<string> a, IEnumerable<string> b)
    {
        var counts = b.CountBy(w => w, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return a.CountBy(w => w, StringComparer.Ordinal).Sum(w => Math.Min(w.Value, counts.GetValueOrDefault(w.Key)));
    }
}
