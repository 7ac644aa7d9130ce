using System.Text;

namespace Distiller.Logs.Tokens;

/// <summary>
/// Cuts texts so that a tokenizer's time stays linear: byte-pair merging takes time quadratic in the length of a run
/// without a boundary between words (200,000 times the letter a took 26 s in one piece).
/// </summary>
internal static class UnbrokenRuns
{
    /// <summary>Longer than any word; a cut adds a token at most.</summary>
    public const int RunCharsMax = 256;

    private enum Kind
    {
        Letter,
        Digit,
        Space,
        Other,
    }

    /// <summary>
    /// The text in pieces, none of which holds more than <see cref="RunCharsMax"/> + 1 characters of one kind in a row
    /// (two make a character outside the basic plane). A text without such a run is one piece.
    /// </summary>
    public static IEnumerable<string> Cut(string text)
    {
        var start = 0;
        var runStart = 0;
        var runKind = (Kind?)null;
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var kind = Of(rune);
            if (kind != runKind)
            {
                (runKind, runStart) = (kind, at);
            }
            else if (at - runStart >= RunCharsMax)
            {
                yield return text[start..at];
                start = runStart = at;
            }

            at += rune.Utf16SequenceLength;
        }

        yield return text[start..];
    }

    private static Kind Of(Rune rune) =>
        Rune.IsWhiteSpace(rune) ? Kind.Space
        : Rune.IsDigit(rune) ? Kind.Digit
        : Rune.IsLetter(rune) ? Kind.Letter
        : Kind.Other;
}
