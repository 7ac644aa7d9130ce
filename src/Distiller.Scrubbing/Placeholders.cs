using System.Globalization;
using System.Text.RegularExpressions;

namespace Distiller.Scrubbing;

/// <summary>
/// The scrubber's own placeholders, <c>[type-1]</c>, in texts that were scrubbed before: those of the shipped types, and those
/// of users' rules, whose types have a prefix of their own.
/// </summary>
internal static class Placeholders
{
    private static readonly Regex s_own = new(
        $@"\[((?:{string.Join('|', ScrubRules.Default.Types.OrderByDescending(t => t.Length))}|{ScrubRules.OwnTypePrefix}[a-z0-9-]{{1,40}}))-([0-9]{{1,8}})\]",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    );

    /// <summary>The highest ordinal of each type in a text, into <paramref name="highest"/>.</summary>
    public static void Count(string text, Dictionary<string, int> highest)
    {
        foreach (Match match in s_own.Matches(text))
        {
            var type = match.Groups[1].Value;
            var number = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            highest[type] = Math.Max(highest.GetValueOrDefault(type), number);
        }
    }

    /// <summary>Raises the ordinals, so that two texts scrubbed apart can stand in one episode.</summary>
    public static string Shift(string text, IReadOnlyDictionary<string, int> by) =>
        s_own.Replace(
            text,
            match =>
            {
                var type = match.Groups[1].Value;
                var number = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
                return string.Create(CultureInfo.InvariantCulture, $"[{type}-{number + by.GetValueOrDefault(type)}]");
            }
        );

    /// <summary>Whether a value begins with a placeholder of the scrubber.</summary>
    public static bool Begins(ReadOnlySpan<char> value)
    {
        if (value.Length < 5 || value[0] != '[')
        {
            return false;
        }

        var end = value.IndexOf(']');
        var dash = end < 0 ? -1 : value[..end].LastIndexOf('-');
        return dash > 1
            && end - dash is > 1 and <= 9
            && !value[(dash + 1)..end].ContainsAnyExceptInRange('0', '9')
            && char.IsAsciiLetterLower(value[1]);
    }
}
