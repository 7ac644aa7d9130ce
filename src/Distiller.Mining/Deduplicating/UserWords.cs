using System.Text;
using System.Text.RegularExpressions;

namespace Distiller.Mining.Deduplicating;

/// <summary>The user's own words: lower case, without markup that an agent's harness puts between them.</summary>
internal static class UserWords
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>Harness notes, tags, and placeholders of scrubbed secrets.</summary>
    private static readonly Regex Foreign = new(
        @"<system-reminder>[^<]*</system-reminder>|</?[A-Za-z][^<>]{0,200}>|\[[A-Z][A-Z0-9_:. -]*\]|\bREDACTED\w*|https?://\S+",
        Linear
    );

    private static readonly Regex Word = new(@"[\p{L}\p{Nd}_][\p{L}\p{Nd}_'’-]*", Linear);

    /// <summary>Words in lower case; codes as they are, or as <c>#</c> so that two orders differing in a number look alike.</summary>
    public static IEnumerable<string> Of(string text, bool mask)
    {
        foreach (Match match in Word.Matches(Foreign.Replace(text, " ")))
        {
            var word = match.Value;
            if (IsCode(word))
            {
                yield return mask ? "#" : word;
            }
            else
            {
                yield return word.ToLowerInvariant();
            }
        }
    }

    /// <summary>Numbers, and what is written in capitals like a booking code.</summary>
    private static bool IsCode(string word) => word.Any(char.IsDigit) || (word.Length >= 5 && word.All(char.IsUpper));

    public static string Text(Episode episode)
    {
        var text = new StringBuilder();
        foreach (var turn in episode.Turns)
        {
            if (turn.IsRequest)
            {
                text.Append(turn.Text).Append('\n');
            }
        }

        return text.ToString();
    }
}
