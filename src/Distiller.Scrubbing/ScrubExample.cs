using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Distiller.Scrubbing;

/// <summary>
/// A made-up text for a rule. Keys are written as templates, <c>{alnum:36}</c>, and made from a seed when they are needed, so
/// that no scanner takes an example for a real key. Guillemets mark what must be hidden; <c>\n</c> is a line feed.
/// </summary>
public static partial class ScrubExample
{
    public const char Open = '«';
    public const char Close = '»';

    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digits = "0123456789";

    private static readonly Dictionary<string, string> Alphabets = new(StringComparer.Ordinal)
    {
        ["alnum"] = Lower + Upper + Digits,
        ["lower"] = Lower + Digits,
        ["upper"] = Upper + Digits,
        ["hex"] = "0123456789abcdef",
        ["upperhex"] = "0123456789ABCDEF",
        ["digits"] = Digits,
        ["b64"] = Lower + Upper + Digits + "+/",
        ["base32"] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    };

    /// <summary>The text and what must be hidden in it.</summary>
    /// <param name="seed">The same seed and template give the same text.</param>
    public static (string Text, IReadOnlyList<string> Secrets) Make(string template, int seed)
    {
        var state = unchecked(((ulong)seed * 0x9E3779B97F4A7C15UL) + 0x1234567UL);
        var filled = Template().Replace(template.Replace("\\n", "\n", StringComparison.Ordinal), Fill);
        var text = new StringBuilder();
        var secrets = new List<string>();
        var start = -1;
        foreach (var c in filled)
        {
            if (c == Open)
            {
                start = text.Length;
            }
            else if (c == Close && start >= 0)
            {
                secrets.Add(text.ToString(start, text.Length - start));
                start = -1;
            }
            else
            {
                text.Append(c);
            }
        }

        return (text.ToString(), secrets);

        string Fill(Match match)
        {
            if (match.Groups["kind"].Value is not { Length: > 0 } kind)
            {
                return $"{Run("hex", 8)}-{Run("hex", 4)}-4{Run("hex", 3)}-a{Run("hex", 3)}-{Run("hex", 12)}";
            }

            return Run(kind, int.Parse(match.Groups["length"].ValueSpan, CultureInfo.InvariantCulture));
        }

        // Digits and letters are both there, as in any real key of that length.
        string Run(string kind, int length)
        {
            var alphabet = Alphabets[kind];
            var run = new char[length];
            for (var i = 0; i < length; i++)
            {
                run[i] = alphabet[Next(alphabet.Length)];
            }

            if (length >= 8 && kind is not "digits" and not "base32")
            {
                run[length / 2] = (char)('1' + Next(9));
                run[1] = alphabet.First(char.IsAsciiLetter);
            }

            return new string(run);
        }

        int Next(int below)
        {
            // SplitMix64, as published by Steele, Lea and Flood (2014).
            state = unchecked(state + 0x9E3779B97F4A7C15UL);
            var z = state;
            z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL);
            z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBUL);
            return (int)((z ^ (z >> 31)) % (ulong)below);
        }
    }

    [GeneratedRegex(
        @"\{(?:uuid|(?<kind>alnum|lower|upperhex|upper|hex|digits|b64|base32):(?<length>[0-9]{1,4}))\}",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant
    )]
    private static partial Regex Template();
}
