using System.Text.RegularExpressions;

namespace Distiller.Mining.Similar;

/// <summary>
/// The particulars of a request, in which two of the same meaning may differ all the same: numbers and codes, names, what is
/// quoted, files and placeholders of what was scrubbed. An embedding hardly sees them.
/// </summary>
internal static partial class TaskSlots
{
    /// <returns>Each once, sorted.</returns>
    public static IReadOnlyList<string> Of(string text) =>
        [
            .. Slot()
                .Matches(text)
                .Select(m => m.Groups["quoted"] is { Success: true } quoted ? quoted.Value : m.Value)
                .Concat(Names(text))
                .Select(s => s.Trim('.', ',', ':', ';', '!', '?'))
                .Where(s => s.Length > 0)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Words in capitals within a sentence, and those that a sentence begins with if it holds them again.</summary>
    private static IEnumerable<string> Names(string text) => Name().Matches(text).Select(m => m.Value);

    [GeneratedRegex(
        @"\[[a-z-]+-[0-9]+\]|(?<![\p{L}\p{Nd}_])['""`“](?<quoted>[^'""`”\n]{1,120})['""`”]|[\p{L}\p{Nd}_.@~-]*[/\\][\p{L}\p{Nd}_./\\@-]+|[\p{L}\p{Nd}_-]+\.[a-z]{1,5}\b|[#$€£]?[\p{L}_-]*\p{Nd}[\p{L}\p{Nd}_.,:%-]*",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Slot();

    [GeneratedRegex(@"(?<=[\p{Ll}\p{Nd},;:)]\s)\p{Lu}[\p{L}\p{Nd}_'’-]*|\b\p{Lu}{2,}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
