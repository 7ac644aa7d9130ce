using System.Text.RegularExpressions;

namespace Distiller.Mining.Cards;

/// <summary>
/// What commands have in common: the words that name what is run, then what is always given, then <c>…</c> where the rest
/// differs. <c>go test ./cart</c> and <c>go test ./desk -run TestPay</c> are <c>go test ./…</c>.
/// </summary>
internal static partial class CommandTemplate
{
    private const int NameWordsMax = 3;
    private const string Rest = "…";

    /// <summary>The words that name what is run: commands with the same ones are of one kind.</summary>
    public static string NameOf(string command) =>
        string.Join(' ', command.Split(' ', StringSplitOptions.RemoveEmptyEntries).TakeWhile(IsName).Take(NameWordsMax))
            is { Length: > 0 } name
            ? name
            : command.Split(' ')[0];

    /// <param name="commands">With the same name.</param>
    public static string Of(IReadOnlyCollection<string> commands)
    {
        var words = commands.Select(c => c.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var shared = words[0].TakeWhile((w, i) => words.TrueForAll(o => i < o.Length && o[i] == w)).ToList();
        var next = words.Where(w => w.Length > shared.Count).Select(w => w[shared.Count]).ToList();
        if (next.Count == 0)
        {
            return string.Join(' ', shared);
        }

        var start = next.TrueForAll(w => w.StartsWith("./", StringComparison.Ordinal)) ? "./" : "";
        return string.Join(' ', shared.Append(start + Rest));
    }

    /// <summary>A program, or what it is told to do: no option, path, number or quoted text.</summary>
    private static bool IsName(string word, int index) => index == 0 ? !word.StartsWith('"') : Name().IsMatch(word);

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z:_-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
