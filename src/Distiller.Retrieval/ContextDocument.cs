namespace Distiller.Retrieval;

/// <summary>
/// A context as its parts: the frame, which stands in every prompt (instructions, headings), and the entries, of which one
/// request needs few. Entries are the items of its top-level lists and, below a heading, its paragraphs.
/// </summary>
public sealed class ContextDocument
{
    /// <summary>More entries than a prompt holds are no context of a prompt.</summary>
    public const int EntriesMax = 2_000;

    private readonly IReadOnlyList<Part> _parts;
    private readonly HashSet<string> _ids;

    private ContextDocument(IReadOnlyList<Part> parts)
    {
        _parts = parts;
        Entries = [.. parts.Select(p => p.Entry).OfType<ContextEntry>()];
        _ids = Entries.Select(e => e.Id).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>In the document's order; each counts as learnt in the words that stand here.</summary>
    public IReadOnlyList<ContextEntry> Entries { get; }

    public static ContextDocument Read(string text)
    {
        var parts = new List<Part>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var entries = 0;
        foreach (var block in DocumentBlocks.Of(text))
        {
            parts.Add(
                block.IsEntry && entries < EntriesMax && Entry(block, ids) is { } entry
                    ? new Part(block.Text, entry)
                    : new Part(block.Text, null)
            );
            entries += parts[^1].Entry is null ? 0 : 1;
        }

        return new ContextDocument(parts);
    }

    /// <summary>The frame with these entries only, each in its place and in its own words.</summary>
    public string With(IEnumerable<ContextEntry> chosen)
    {
        var texts = chosen.DistinctBy(e => e.Id).ToDictionary(e => e.Id, e => e.Text, StringComparer.Ordinal);
        return string.Join(
            '\n',
            _parts.Select(p => p.Entry is null ? p.Text : texts.GetValueOrDefault(p.Entry.Id)).OfType<string>()
        );
    }

    /// <summary>The entries as they stand here, each with the text in which it was learnt.</summary>
    /// <param name="learnt">Texts by the entries' ids; those that are not there are new.</param>
    public IReadOnlyList<ContextEntry> Against(IReadOnlyDictionary<string, string> learnt) =>
        [.. Entries.Select(e => e with { LearntText = learnt.GetValueOrDefault(e.Id) })];

    /// <summary>Whether two texts are versions of one document: half of the entries of the shorter stand in both by name.</summary>
    public bool IsVersionOf(ContextDocument other)
    {
        var fewer = Math.Min(_ids.Count, other._ids.Count);
        return fewer > 0 && 2 * _ids.Count(other._ids.Contains) >= fewer;
    }

    /// <returns>Null where the block holds no word, or repeats the head of an entry before: it then stays in the frame.</returns>
    private static ContextEntry? Entry(DocumentBlock block, HashSet<string> ids)
    {
        var id = $"{block.Heading}/{string.Join(' ', TextWords.Of(block.Head))}".TrimStart('/');
        return TextWords.Of(block.Head).Count > 0 && ids.Add(id)
            ? new ContextEntry(id, block.Head, block.Text, Subject: "", LearntText: block.Text)
            : null;
    }

    private sealed record Part(string Text, ContextEntry? Entry);
}

/// <summary>A run of a document's lines that belong together.</summary>
/// <param name="Heading">The nearest heading above it, in words; empty for none.</param>
/// <param name="Head">The part that tells when it applies: what stands before a colon, else its first line.</param>
internal sealed record DocumentBlock(string Text, string Heading, string Head, bool IsEntry);

/// <summary>Cuts Markdown, or plain lines, into blocks; together they hold every line, in its order.</summary>
internal static class DocumentBlocks
{
    private const int HeadLengthMax = 120;

    public static IEnumerable<DocumentBlock> Of(string text)
    {
        var held = new List<string>();
        var (heading, isEntry, isFenced) = ("", false, false);
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var isHeading = !isFenced && line.StartsWith('#') && line.TrimStart('#').StartsWith(' ');
            var isItem = !isFenced && MarkerOf(line) > 0;
            // A list goes on in lines that are indented; a paragraph ends at a blank line.
            var begins =
                !isFenced
                && (
                    isHeading
                    || isItem
                    || (held.Count > 0 && held[^1].Length == 0 && line.Length > 0 && !char.IsWhiteSpace(line[0]))
                );
            if (begins && held.Count > 0)
            {
                yield return Block(held, heading, isEntry);
                held.Clear();
            }

            if (begins || held.Count == 0)
            {
                isEntry = isItem || (heading.Length > 0 && !isHeading && line.Length > 0);
            }

            held.Add(line);
            isFenced ^= line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (isHeading)
            {
                yield return Block(held, heading, isEntry: false);
                held.Clear();
                heading = string.Join(' ', TextWords.Of(line));
            }
        }

        if (held.Count > 0)
        {
            yield return Block(held, heading, isEntry);
        }
    }

    private static DocumentBlock Block(List<string> lines, string heading, bool isEntry)
    {
        var first = lines[0][MarkerOf(lines[0])..].Trim().Replace("**", "", StringComparison.Ordinal);
        var colon = first.IndexOf(':', StringComparison.Ordinal);
        var head =
            colon is > 0 and <= HeadLengthMax ? first[..colon]
            : first.Length > HeadLengthMax ? first[..HeadLengthMax]
            : first;
        return new DocumentBlock(string.Join('\n', lines), heading, head, isEntry);
    }

    /// <summary>Length of <c>* </c>, <c>- </c>, <c>+ </c> or <c>12. </c> at the beginning of a line; 0 for none.</summary>
    private static int MarkerOf(string line)
    {
        var digits = line.TakeWhile(char.IsAsciiDigit).Count();
        var mark =
            digits is > 0 and <= 3 && line.Length > digits && line[digits] is '.' or ')' ? digits + 1
            : digits == 0 && line.Length > 0 && line[0] is '*' or '-' or '+' ? 1
            : 0;
        return mark > 0 && line.Length > mark && line[mark] == ' ' ? mark + 1 : 0;
    }
}
