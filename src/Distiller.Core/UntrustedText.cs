using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Distiller.Core;

/// <summary>
/// Text from logs and files, made harmless on a page and in a terminal and still readable: characters that would act instead
/// of standing there (controls, escapes, bidirectional overrides and isolates, zero-width marks, halves of surrogate pairs)
/// are shown by their code point.
/// </summary>
public static class UntrustedText
{
    /// <summary>As HTML, markup encoded.</summary>
    public static string Encode(string text) => HtmlEncoder.Default.Encode(Visible(text));

    /// <summary>On one line: line feeds and tabs become blanks. For a page its renderer still has to encode it.</summary>
    public static string Visible(string text) => Harmless(text, keepLines: false);

    /// <summary>With its line feeds and tabs, for a terminal and for preformatted text.</summary>
    public static string VisibleLines(string text) => Harmless(text, keepLines: true);

    /// <summary>The beginning of a text, cut between characters, not within one.</summary>
    public static string Short(string text, int lengthMax)
    {
        if (text.Length <= lengthMax)
        {
            return text;
        }

        var cut = char.IsHighSurrogate(text[lengthMax - 1]) ? lengthMax - 1 : lengthMax;
        return text[..cut].TrimEnd() + "…";
    }

    private static string Harmless(string text, bool keepLines)
    {
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune))
            {
                clean.Append('\uFFFD');
                continue;
            }

            i += rune.Utf16SequenceLength - 1;
            if (rune.Value is '\n' or '\t' or '\r')
            {
                if (!keepLines)
                {
                    clean.Append(' ');
                }
                else if (rune.Value != '\r' || i + 1 >= text.Length || text[i + 1] != '\n')
                {
                    // A lone carriage return overwrites its line in a terminal; here it ends it.
                    clean.Append(rune.Value == '\t' ? '\t' : '\n');
                }
            }
            else if (Acts(rune))
            {
                clean.Append(CultureInfo.InvariantCulture, $"[U+{rune.Value:X4}]");
            }
            else
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.ToString();
    }

    private static bool Acts(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned;
}
