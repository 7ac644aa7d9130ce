using System.Text.RegularExpressions;

namespace Distiller.Mining.Similar;

/// <summary>What of a task is embedded: what a person asked, in one line.</summary>
public static partial class TaskText
{
    private const int CharsMax = 2000;

    /// <returns>Empty where no person asked anything.</returns>
    public static string Of(Episode task)
    {
        var text = Blanks()
            .Replace(string.Join(' ', task.Turns.Where(t => t.IsRequest).Select(t => t.Text)), " ")
            .Trim();
        return text.Length <= CharsMax ? text : text[..CharsMax];
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
