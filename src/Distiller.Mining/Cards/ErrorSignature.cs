using System.Text.RegularExpressions;

namespace Distiller.Mining.Cards;

/// <summary>
/// By which the same error is known again: the line of an output that tells it, without what differs from run to run (numbers,
/// folders, quoted values, times).
/// </summary>
internal static partial class ErrorSignature
{
    private const int LinesMax = 400;
    private const int CharsMax = 140;
    private const int CharsMin = 12;

    /// <returns>Null where no line tells an error.</returns>
    public static string? Of(string output)
    {
        foreach (var line in output.Split('\n', LinesMax).Take(LinesMax - 1).Append(Last(output)))
        {
            var text = line.Trim();
            if (text.Length is >= CharsMin and <= 500 && Tells().IsMatch(text))
            {
                var clean = Blanks()
                    .Replace(Numbers().Replace(Folders().Replace(Quoted().Replace(text, "…"), ""), "N"), " ")
                    .Trim();
                return clean.Length < CharsMin ? null
                    : clean.Length <= CharsMax ? clean
                    : clean[..CharsMax] + "…";
            }
        }

        return null;
    }

    private static string Last(string output) => output[(output.TrimEnd().LastIndexOf('\n') + 1)..];

    [GeneratedRegex(
        @"\b(?:error|exception|fatal|panic|cannot|can't|could not|couldn't|not found|no such|undefined|unresolved|denied|missing|refused|unable to|invalid|unknown|failed to|ModuleNotFound|ENOENT|EADDRINUSE|ECONNREFUSED)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Tells();

    [GeneratedRegex("'[^'\\n]{1,80}'|\"[^\"\\n]{1,80}\"|`[^`\\n]{1,80}`", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    [GeneratedRegex(
        @"(?:[A-Za-z]:|~|\.{1,2})?(?:[\\/][A-Za-z0-9._@-]+)*[\\/](?=[A-Za-z0-9._@-])",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Folders();

    [GeneratedRegex(@"\b(?:0x)?[0-9a-f]*[0-9][0-9a-f]*\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
