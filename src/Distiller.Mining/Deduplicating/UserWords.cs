using System.Text;
using System.Text.RegularExpressions;
using Distiller.Core;

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

    /// <param name="mask">Replaces words that hold a digit by <c>#</c>, so that two orders differing in a number look alike.</param>
    public static IEnumerable<string> Of(string text, bool mask)
    {
        foreach (Match match in Word.Matches(Foreign.Replace(text, " ")))
        {
            yield return mask && match.Value.Any(char.IsDigit) ? "#" : match.Value.ToLowerInvariant();
        }
    }

    public static string Text(Episode episode)
    {
        var text = new StringBuilder();
        foreach (var turn in episode.Turns)
        {
            if (turn.Role == TurnRole.User)
            {
                text.Append(turn.Text).Append('\n');
            }
        }

        return text.ToString();
    }
}
