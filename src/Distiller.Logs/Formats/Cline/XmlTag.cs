using System.Buffers;

namespace Distiller.Logs.Formats.Cline;

/// <summary>A tag with what stands between it and its end, as models write calls of tools.</summary>
/// <param name="Start">Of the opening tag.</param>
/// <param name="End">Behind the closing tag.</param>
internal readonly record struct XmlTag(string Name, int Start, Range Body, int End)
{
    private const int NameCharsMax = 40;

    private static readonly SearchValues<char> NameChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyz_0123456789");

    /// <summary>The outermost tags of a text, in order.</summary>
    /// <param name="max">More openings are not looked at.</param>
    public static IEnumerable<XmlTag> In(string text, int max)
    {
        var at = 0;
        for (var seen = 0; seen < max && text.IndexOf('<', at) is >= 0 and var start; )
        {
            at = start + 1;
            var length = text.AsSpan(at).IndexOfAnyExcept(NameChars);
            if (length is <= 0 or > NameCharsMax || text[at + length] != '>')
            {
                continue;
            }

            seen++;
            var name = text.Substring(at, length);
            var body = at + length + 1;
            var end = text.IndexOf($"</{name}>", body, StringComparison.Ordinal);
            if (end >= 0)
            {
                at = end + name.Length + "</>".Length;
                yield return new XmlTag(name, start, body..end, at);
            }
        }
    }
}
