using System.Globalization;
using System.Text;

namespace Distiller.Cli.Terminal;

/// <summary>
/// Text from logs and files as it may be written to a terminal: control characters, escapes and marks that reorder
/// text are shown as their code points, so that hostile input cannot drive the terminal.
/// </summary>
internal static class Printable
{
    public static string Text(string text)
    {
        if (text.All(IsHarmless))
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (IsHarmless(c))
            {
                result.Append(c);
            }
            else
            {
                result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
        }

        return result.ToString();
    }

    private static bool IsHarmless(char c) =>
        c is '\n' or '\t' || (!char.IsControl(c) && char.GetUnicodeCategory(c) is not UnicodeCategory.Format);
}
