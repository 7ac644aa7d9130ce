using System.Text;

namespace Distiller.Pretraining.Tokenizing;

/// <summary>
/// Cuts a text into the words within which tokens are merged, as llama.cpp does for <c>tokenizer.ggml.pre</c> =
/// <c>smollm</c>: first every number character (<c>\p{N}</c>) by itself, then what lies between by GPT-2's expression
/// <code>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</code>
/// in which the end of such a piece is the end of the text.
/// </summary>
internal static class WordSplitter
{
    /// <summary>The length in chars of the first word of a text that is not empty.</summary>
    public static int FirstWordLength(ReadOnlySpan<char> text)
    {
        var first = ClassAt(text, 0, out var width);
        if (first is CharacterClass.Number)
        {
            return width;
        }

        if (text[0] == '\'' && ContractionLength(text) is var contraction and > 0)
        {
            return contraction;
        }

        // A space belongs to the letters or signs behind it.
        var start = text[0] == ' ' ? 1 : 0;
        var run = ClassAt(text, start, out _);
        return run is CharacterClass.Letter or CharacterClass.Other ? RunEnd(text, start, run) : WhiteSpaceLength(text);
    }

    private static int ContractionLength(ReadOnlySpan<char> text)
    {
        if (text.Length > 1 && text[1] is 's' or 't' or 'm' or 'd')
        {
            return 2;
        }

        return text.Length > 2 && text[1..3] is "re" or "ve" or "ll" ? 3 : 0;
    }

    private static int WhiteSpaceLength(ReadOnlySpan<char> text)
    {
        var end = RunEnd(text, 0, CharacterClass.WhiteSpace);
        // The last space belongs to the following word, unless that is a number.
        return end > 1 && ClassAt(text, end, out _) is CharacterClass.Letter or CharacterClass.Other ? end - 1 : end;
    }

    private static int RunEnd(ReadOnlySpan<char> text, int start, CharacterClass run)
    {
        var end = start;
        while (ClassAt(text, end, out var width) == run)
        {
            end += width;
        }

        return end;
    }

    private static CharacterClass ClassAt(ReadOnlySpan<char> text, int at, out int width)
    {
        width = 1;
        if (at >= text.Length)
        {
            return CharacterClass.None;
        }

        var c = text[at];
        if (char.IsAscii(c))
        {
            return char.IsAsciiLetter(c) ? CharacterClass.Letter
                : char.IsAsciiDigit(c) ? CharacterClass.Number
                : c is ' ' or (>= '\t' and <= '\r') ? CharacterClass.WhiteSpace
                : CharacterClass.Other;
        }

        Rune.DecodeFromUtf16(text[at..], out var rune, out width);
        return ClassOf(rune);
    }

    private static CharacterClass ClassOf(Rune rune) =>
        Rune.IsWhiteSpace(rune) ? CharacterClass.WhiteSpace
        : LaterCharacters.Contains(rune.Value) ? CharacterClass.Other
        : Rune.IsLetter(rune) ? CharacterClass.Letter
        : Rune.IsNumber(rune) ? CharacterClass.Number
        : CharacterClass.Other;
}

/// <summary>Character classes of the pre-tokenizer.</summary>
internal enum CharacterClass
{
    /// <summary>Behind the end of a text.</summary>
    None,
    Letter,
    Number,
    WhiteSpace,

    /// <summary>Everything else, unassigned code points and lone surrogates among them.</summary>
    Other,
}
