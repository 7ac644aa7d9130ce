using System.Text.Json;
using Microsoft.VisualBasic.FileIO;

namespace Distiller.Mining.Labelling;

/// <summary>
/// A file of outcomes that people said: CSV with a header (<c>id,outcome,note,tenant</c>, the last two may lack), or JSON Lines
/// of objects with these members. A line that is none is told with its place, and the rest goes on.
/// </summary>
public static class LabelFile
{
    private const string Remedy = "Write an episode's id, and succeeded, failed or unknown (which takes a word back).";
    private const long BytesMax = 64L << 20;

    /// <exception cref="BadInputException">The file cannot be read at all.</exception>
    public static (IReadOnlyList<LabelLine> Lines, IReadOnlyList<BadInputException> Refused) Read(string path)
    {
        string text;
        try
        {
            text =
                new FileInfo(path).Length <= BytesMax ? File.ReadAllText(path) : throw Bad(path, 0, "It is too large.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad(path, 0, $"The file cannot be read: {e.Message}", e);
        }

        var lines = new List<LabelLine>();
        var refused = new List<BadInputException>();
        var rows = text.TrimStart('\uFEFF', ' ', '\t', '\r', '\n').StartsWith('{')
            ? JsonRows(text)
            : CsvRows(path, text);
        foreach (var (number, row) in rows)
        {
            var outcome = row?.GetValueOrDefault("outcome") ?? "";
            if (row?.GetValueOrDefault("id") is not { Length: > 0 } id)
            {
                refused.Add(Bad(path, number, "The line names no id."));
            }
            else if (
                !Enum.TryParse<OutcomeKind>(outcome.Trim(), ignoreCase: true, out var says)
                || char.IsAsciiDigit(outcome.Trim()[0])
            )
            {
                refused.Add(Bad(path, number, $"The outcome \"{outcome}\" is none."));
            }
            else
            {
                lines.Add(
                    new LabelLine(
                        number,
                        id.Trim(),
                        says,
                        row.GetValueOrDefault("note") ?? "",
                        row.GetValueOrDefault("tenant")
                    )
                );
            }
        }

        var contradicting = lines
            .GroupBy(l => l.Id, StringComparer.Ordinal)
            .Where(g => g.Select(l => l.Says).Distinct().Count() > 1)
            .ToList();
        refused.AddRange(
            contradicting.Select(g =>
                Bad(
                    path,
                    g.Last().Number,
                    $"The lines {string.Join(" and ", g.Select(l => l.Number))} say different outcomes of {g.Key}."
                )
            )
        );
        var spoiled = contradicting.Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        return (lines.FindAll(l => !spoiled.Contains(l.Id)), refused);
    }

    private static IEnumerable<(long, Dictionary<string, string?>?)> JsonRows(string text)
    {
        var number = 0L;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return (number, JsonRow(line));
            }
        }
    }

    private static Dictionary<string, string?>? JsonRow(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string?>>(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<(long, Dictionary<string, string?>?)> CsvRows(string path, string text)
    {
        using var parser = new TextFieldParser(new StringReader(text)) { TextFieldType = FieldType.Delimited };
        parser.SetDelimiters(",");
        var header = ReadFields(parser)?.Select(h => h.ToLowerInvariant()).ToArray() ?? [];
        if (!header.Contains("id") || !header.Contains("outcome"))
        {
            throw Bad(path, 1, "The first line names no columns id and outcome.");
        }

        while (!parser.EndOfData)
        {
            var number = parser.LineNumber;
            var fields = ReadFields(parser);
            yield return (
                number,
                fields
                    ?.Zip(header)
                    .GroupBy(f => f.Second, StringComparer.Ordinal)
                    .ToDictionary(g => g.Key, g => (string?)g.First().First, StringComparer.Ordinal)
            );
        }
    }

    private static string[]? ReadFields(TextFieldParser parser)
    {
        try
        {
            return parser.ReadFields();
        }
        catch (MalformedLineException)
        {
            return null;
        }
    }

    private static BadInputException Bad(string path, long line, string reason, Exception? e = null) =>
        new(new SourceLocation(path, line), reason, Remedy, e);
}

/// <summary>A line of a file of outcomes.</summary>
/// <param name="Id">Of an episode, or of a task of it (<c>ID#2</c>); or the beginning of an id.</param>
/// <param name="Tenant">Whose the episode must be; null for anybody's.</param>
public sealed record LabelLine(long Number, string Id, OutcomeKind Says, string Note, string? Tenant);
