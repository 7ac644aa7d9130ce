using System.Text;
using System.Text.Json;
using Distiller.Core;
using Distiller.Edge;
using Distiller.Lake;

namespace Distiller.Jobs.Models;

/// <summary>
/// Text to measure a model on, as rows of tokens. A <c>.jsonl</c> file has a conversation (<c>messages</c> of <c>role</c> and
/// <c>content</c>) or a <c>text</c> in each line; a <c>.parquet</c> file holds training examples, such as a night's
/// <c>holdout.parquet</c>; any other file is one text, cut into rows.
/// </summary>
internal static class TextRows
{
    private const long BytesMax = 256L << 20;

    /// <summary>Tokens of one row: bounds the logits that are held at once.</summary>
    private const int RowTokensMax = 1024;

    /// <summary>Rows from the file's beginning, at most <paramref name="tokensMax"/> tokens in all; the last one may be cut.</summary>
    /// <exception cref="BadInputException">The file cannot be read, is of another form, or gives no token to predict.</exception>
    public static IReadOnlyList<TextRow> Read(string path, EdgeModel model, int tokensMax)
    {
        var rowMax = Math.Min(RowTokensMax, model.ContextLength);
        var rows = new List<TextRow>();
        var tokens = 0;
        foreach (var row in All(path, model, rowMax))
        {
            var length = Math.Min(row.Tokens.Length, Math.Min(rowMax, tokensMax - tokens));
            if (length < 2)
            {
                continue;
            }

            rows.Add(new TextRow(row.Tokens[..length], row.Mask[..length]));
            tokens += length;
            if (tokens >= tokensMax - 1)
            {
                break;
            }
        }

        return rows.Exists(r => r.Mask.Contains(true))
            ? rows
            : throw Bad(path, 0, "It gives no token to predict.", "Give a file with some text in it.");
    }

    private static IEnumerable<TextRow> All(string path, EdgeModel model, int rowMax) =>
        Path.GetExtension(path) switch
        {
            ".parquet" => ExampleFile.Read(path).Select(e => new TextRow(e.Tokens, e.LossMask)),
            ".jsonl" => Lines(path, model),
            _ => Text(path, model, rowMax),
        };

    private static IEnumerable<TextRow> Text(string path, EdgeModel model, int rowMax)
    {
        var bytes = Opened(path, File.ReadAllBytes);
        var tokens = model.Tokenizer.Tokenize(Encoding.UTF8.GetString(bytes));
        for (var from = 0; from < tokens.Length; from += rowMax)
        {
            yield return Whole(tokens[from..Math.Min(tokens.Length, from + rowMax)]);
        }
    }

    private static IEnumerable<TextRow> Lines(string path, EdgeModel model)
    {
        var number = 0;
        foreach (var line in Opened(path, File.ReadLines))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return Line(path, number, line, model);
            }
        }
    }

    private static TextRow Line(string path, int number, string line, EdgeModel model)
    {
        const string remedy = "Give an object with 'messages' (role, content) or with 'text' in each line.";
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.TryGetProperty("text", out var text))
            {
                return Whole(model.Tokenizer.Tokenize(text.GetString() ?? ""));
            }

            var chat = model.Tokenizer.TokenizeChat([
                .. root.GetProperty("messages")
                    .EnumerateArray()
                    .Select(m => new ChatMessage(
                        m.GetProperty("role").GetString() ?? "",
                        m.GetProperty("content").GetString() ?? ""
                    )),
            ]);
            return new TextRow(chat.Tokens, chat.AssistantMask);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Bad(path, number, $"The line is no conversation and no text: {e.Message}", remedy, e);
        }
    }

    /// <summary>Every token but the first is predicted.</summary>
    private static TextRow Whole(int[] tokens) => new(tokens, [.. tokens.Select((_, i) => i > 0)]);

    private static T Opened<T>(string path, Func<string, T> read)
    {
        try
        {
            return new FileInfo(path).Length <= BytesMax
                ? read(path)
                : throw Bad(path, 0, $"It has more than {BytesMax >> 20} MiB.", "Give an extract of it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad(path, 0, $"It cannot be read: {e.Message}", "Check the path.", e);
        }
    }

    private static BadInputException Bad(
        string path,
        int line,
        string reason,
        string remedy,
        Exception? inner = null
    ) => new(new SourceLocation(path, line), reason, remedy, inner);
}

/// <summary>A row of T tokens.</summary>
/// <param name="Mask">T flags: true where the token is to be predicted; never at 0.</param>
internal sealed record TextRow(int[] Tokens, bool[] Mask);
