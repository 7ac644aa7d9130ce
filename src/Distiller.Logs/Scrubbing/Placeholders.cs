using System.Globalization;
using System.Text.RegularExpressions;

namespace Distiller.Logs.Scrubbing;

/// <summary>Texts that stand where a secret would, and are not one.</summary>
internal static partial class Placeholders
{
    /// <summary>Whether it is a variable, a template parameter, a masked value, or a placeholder of the scrubber.</summary>
    public static bool IsPlaceholder(ReadOnlySpan<char> value) =>
        value.Length == 0
        || value[0] is '$' or '{' or '<' or '%' or '[' or '*'
        || value.IndexOfAnyExcept(value[0]) < 0
        || value.Contains("...", StringComparison.Ordinal);

    /// <summary>The highest ordinal of each type in a text, into <paramref name="highest"/>.</summary>
    public static void Count(string text, Dictionary<string, int> highest)
    {
        foreach (Match match in OwnPlaceholder().Matches(text))
        {
            var type = match.Groups[1].Value;
            var number = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            highest[type] = Math.Max(highest.GetValueOrDefault(type), number);
        }
    }

    /// <summary>Raises the ordinals, so that two texts scrubbed apart can stand in one episode.</summary>
    public static string Shift(string text, IReadOnlyDictionary<string, int> by) =>
        OwnPlaceholder()
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
    private static partial Regex OwnPlaceholder();
}
