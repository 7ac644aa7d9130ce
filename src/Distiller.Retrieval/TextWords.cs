namespace Distiller.Retrieval;

/// <summary>The words of a text: runs of letters and digits, in lower case. Everything else separates words.</summary>
public static class TextWords
{
    public static IReadOnlyList<string> Of(string text)
    {
        var words = new List<string>();
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var isPart = i < text.Length && char.IsLetterOrDigit(text[i]);
            if (isPart && start < 0)
            {
                start = i;
            }
            else if (!isPart && start >= 0)
            {
                words.Add(text[start..i].ToLowerInvariant());
                start = -1;
            }
        }

        return words;
    }

    /// <summary>Whether the words of a name stand in a text one after the other; a name without words stands nowhere.</summary>
    public static bool Hold(IReadOnlyList<string> text, IReadOnlyList<string> name)
    {
        for (var start = 0; name.Count > 0 && start + name.Count <= text.Count; start++)
        {
            if (text.Skip(start).Take(name.Count).SequenceEqual(name, StringComparer.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
