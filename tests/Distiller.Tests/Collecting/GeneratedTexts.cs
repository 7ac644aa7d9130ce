using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Distiller.Scrubbing;

namespace Distiller.Tests.Collecting;

/// <summary>
/// Texts with and without secrets, made of frames (how a kind of file, shell, language or person writes it), labels and values.
/// A frame is filled with some of the labels, drawn by a seed, so that wordings come up that nobody wrote down.
/// </summary>
internal sealed partial class GeneratedTexts
{
    private const int FillsPerFrame = 6;
    private const int FillsPerHarmlessFrame = 12;

    private static readonly string[] Kinds = ["token", "password", "phrase"];

    private static readonly string[] Sections =
    [
        .. Kinds.Select(k => $"labels {k}"),
        .. Kinds.Select(k => $"values {k}"),
        .. Kinds.Select(k => $"frames {k}"),
        "texts",
        "harmless",
        "harmless frames",
    ];

    private readonly Dictionary<string, List<string>> _lines = Sections.ToDictionary(s => s, _ => new List<string>());

    public GeneratedTexts(string path)
    {
        var section = new List<string>();
        foreach (var line in File.ReadLines(path))
        {
            if (line is ['[', .. var name, ']'] && _lines.TryGetValue(name, out var known))
            {
                section = known;
            }
            else if (line.Length > 0 && !line.StartsWith("# W", StringComparison.Ordinal))
            {
                section.Add(line);
            }
        }
    }

    /// <summary>Templates (see <see cref="ScrubExample"/>) that hold something to hide.</summary>
    public IEnumerable<string> Secrets() =>
        Kinds.SelectMany(k => _lines[$"frames {k}"].SelectMany((f, i) => Filled(k, f, i))).Concat(_lines["texts"]);

    /// <summary>Templates that hold nothing to hide.</summary>
    public IEnumerable<string> Harmless()
    {
        var labels = Labels("token").Concat(Labels("password")).ToList();
        return _lines["harmless frames"]
            .SelectMany(
                (frame, i) =>
                    Enumerable
                        .Range(0, FillsPerHarmlessFrame)
                        .Select(n => Written(frame, labels[Mixed(i, n) % labels.Count]))
            )
            .Concat(_lines["harmless"]);
    }

    private IEnumerable<string> Filled(string kind, string frame, int number)
    {
        var (labels, values) = (Labels(kind), _lines[$"values {kind}"]);
        for (var n = 0; n < FillsPerFrame; n++)
        {
            var label = labels[Mixed(number, n) % labels.Count];
            var value = values[Mixed(number, n + 100) % values.Count];
            yield return Written(frame, label).Replace("<v>", $"«{value}»", StringComparison.Ordinal);
        }
    }

    /// <summary>Passphrases stand behind the labels of passwords.</summary>
    private List<string> Labels(string kind) => _lines[$"labels {(kind == "phrase" ? "password" : kind)}"];

    private static string Written(string frame, string label)
    {
        var words = label.Split(' ');
        var pascal = string.Concat(words.Select(Capital));
        return Label()
            .Replace(
                frame,
                m =>
                    m.Groups[1].Value switch
                    {
                        "UPPER" => string.Join('_', words).ToUpperInvariant(),
                        "snake" => string.Join('_', words),
                        "kebab" => string.Join('-', words),
                        "Pascal" => pascal,
                        "camel" => char.ToLowerInvariant(pascal[0]) + pascal[1..],
                        "Words" => Capital(label),
                        _ => label,
                    }
            );
    }

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    /// <summary>A number that follows from two and looks drawn.</summary>
    private static int Mixed(int frame, int fill)
    {
        var hash = 2166136261u; // FNV-1a
        foreach (var b in Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{frame}/{fill}")))
        {
            hash = unchecked((hash ^ b) * 16777619u);
        }

        return (int)(hash >> 8);
    }

    [GeneratedRegex("<(UPPER|snake|camel|Pascal|kebab|words|Words)>")]
    private static partial Regex Label();
}
