using System.Buffers;
using System.Buffers.Text;

namespace Distiller.Scrubbing.Finders;

/// <summary>The values below <c>data:</c> and <c>stringData:</c> of a Kubernetes secret, in YAML or JSON.</summary>
internal sealed class KubernetesFinder(FinderTypes types)
{
    private const int SecretMax = 64 << 10;
    private const int Near = 4096;

    /// <inheritdoc cref="KeyFinder.Anchors"/>
    public static IReadOnlyList<string> Anchors { get; } =
    [
        "kind: Secret",
        "kind: \"Secret\"",
        "\"kind\": \"Secret\"",
        "\"kind\":\"Secret\"",
        "\\\"kind\\\":\\\"Secret\\\"",
        "\\\"kind\\\": \\\"Secret\\\"",
        "kind: SealedSecret",
    ];

    private static readonly SearchValues<string> s_kinds = SearchValues.Create([.. Anchors], StringComparison.Ordinal);

    private static readonly string[] s_blocks = ["stringData", "data"];

    private static readonly SearchValues<char> s_valueEnd = SearchValues.Create("\n\"',}\\");

    private static readonly SearchValues<char> s_base64 = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
    );

    public void Find(string text, List<SecretFinding> findings)
    {
        if (types["kubernetes-secret"] is not { } type)
        {
            return;
        }

        var at = 0;
        while (at < text.Length && text.AsSpan(at).IndexOfAny(s_kinds) is >= 0 and var skip)
        {
            var kind = at + skip;
            var (start, end) = Bounds(text, Math.Max(at, kind - Near), kind);
            foreach (var block in s_blocks)
            {
                Block(text, start, end, block, type, findings);
            }

            at = Math.Max(end, kind + 1);
        }
    }

    /// <summary>The document that a kind stands in, between lines of three hyphens.</summary>
    private static (int Start, int End) Bounds(string text, int from, int kind)
    {
        var before = text.AsSpan(from, kind - from).LastIndexOf("\n---");
        var most = Math.Min(text.Length, kind + SecretMax);
        var behind = text.AsSpan(kind, most - kind).IndexOf("\n---");
        return (before < 0 ? from : from + before, behind < 0 ? most : kind + behind);
    }

    private static void Block(string text, int start, int end, string block, string type, List<SecretFinding> findings)
    {
        var found = text.AsSpan(start, end - start).IndexOf(block);
        while (found >= 0)
        {
            var at = start + found;
            var isWord = at == 0 || !char.IsLetter(text[at - 1]);
            var behind = at + block.Length;
            while (behind < end && text[behind] is '"' or '\\' or ' ')
            {
                behind++;
            }

            if (isWord && behind < end && text[behind] == ':')
            {
                Values(text, behind + 1, end, block == "data", type, findings);
                return;
            }

            var next = text.AsSpan(at + 1, end - at - 1).IndexOf(block);
            found = next < 0 ? -1 : at + 1 + next - start;
        }
    }

    /// <summary>Each value up to the end of the block: a closing brace, or a line that is indented less.</summary>
    private static void Values(string text, int at, int end, bool isEncoded, string type, List<SecretFinding> findings)
    {
        var indent = -1;
        while (at < end)
        {
            var colon = text.AsSpan(at, end - at).IndexOfAny(":}");
            if (colon < 0 || text[at + colon] == '}')
            {
                return;
            }

            var line = text.LastIndexOf('\n', at + colon, colon + 1);
            if (line >= 0)
            {
                var deep = at + colon - line;
                var key = text.AsSpan(line + 1, deep - 1).TrimStart(' ');
                var blanks = deep - 1 - key.Length;
                indent = indent < 0 ? blanks : indent;
                if (blanks < indent || blanks == 0)
                {
                    return;
                }
            }

            var start = at + colon + 1;
            while (start < end && text[start] is ' ' or '"' or '\'' or '\\' or '|' or '\n')
            {
                start++;
            }

            var value = text.AsSpan(start, end - start);
            var stop = value.IndexOfAny(s_valueEnd);
            value = (stop < 0 ? value : value[..stop]).TrimEnd();
            var fits = isEncoded
                ? value.Length >= 4 && !value.ContainsAnyExcept(s_base64) && Base64.IsValid(value)
                : value.Length >= 2 && !Names.ValueLook.IsPlaceholder(value);
            if (fits)
            {
                findings.Add(new SecretFinding(start, value.Length, type));
            }

            at = start + Math.Max(1, value.Length);
        }
    }
}
