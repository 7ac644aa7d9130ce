using System.Globalization;
using System.Text.RegularExpressions;

namespace Distiller.Logs.Scrubbing;

/// <summary>Texts that stand for a secret and are none.</summary>
internal static partial class Placeholders
{
    /// <summary>A variable, a template's hole, asterisks, or a placeholder of ours.</summary>
    public static bool Looks(ReadOnlySpan<char> value) =>
        value.Length == 0
        || value[0] is '$' or '{' or '<' or '%' or '[' or '*'
        || value.IndexOfAnyExcept(value[0]) < 0
        || value.Contains("...", StringComparison.Ordinal);

    /// <summary>The highest ordinal of each type in a text, into <paramref name="highest"/>.</summary>
    public static void Count(string text, Dictionary<string, int> highest)
    {
        foreach (Match match in Ours().Matches(text))
        {
            var type = match.Groups[1].Value;
            var number = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            highest[type] = Math.Max(highest.GetValueOrDefault(type), number);
        }
    }

    /// <summary>Raises the ordinals, so that two texts scrubbed apart can stand in one episode.</summary>
    public static string Shift(string text, IReadOnlyDictionary<string, int> by) =>
        Ours()
            .Replace(
                text,
                match =>
                {
                    var type = match.Groups[1].Value;
                    var number = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
                    return string.Create(
                        CultureInfo.InvariantCulture,
                        $"[{type}-{number + by.GetValueOrDefault(type)}]"
                    );
                }
            );

    [GeneratedRegex(
        @"\[(email|phone|iban|card|api-key|aws-key|aws-secret|jwt|private-key|bearer|basic-auth|password|secret|url-credentials)-([0-9]{1,8})\]"
    )]
    private static partial Regex Ours();
}
