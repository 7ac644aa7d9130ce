namespace Distiller.Scrubbing.Finders;

/// <summary>
/// A thousand texts that are looked for at once. Most places of a text are passed over by one look into a table
/// of the four characters that an anchor may begin with; an automaton over all anchors, as <c>SearchValues</c> has for so
/// many, takes ten times as long, and vectors that look at sixteen places at a time tell so many anchors not apart.
/// </summary>
internal sealed class AnchorSet
{
    private const int ClassBits = 5;
    private const int Classes = 1 << ClassBits;
    private const int Other = Classes - 1;
    private const int GramMask = (1 << (4 * ClassBits)) - 1;

    /// <summary>Classes of ASCII: a letter in any case, a digit, the joints of names, anything else.</summary>
    private static readonly byte[] s_classes = [.. Enumerable.Range(0, 128).Select(c => (byte)Class((char)c))];

    /// <summary>A bit for each three classes that an anchor begins with: small enough to stay in the processor's first cache.</summary>
    private readonly ulong[] _starts = new ulong[(1 << (3 * ClassBits)) / 64];

    /// <summary>A bit for each four.</summary>
    private readonly ulong[] _grams = new ulong[(GramMask + 1) / 64];

    /// <summary>The anchors by the first three.</summary>
    private readonly Anchor[]?[] _anchors = new Anchor[]?[1 << (3 * ClassBits)];

    public AnchorSet(IEnumerable<Anchor> anchors)
    {
        foreach (var anchor in anchors.Distinct())
        {
            if (anchor.Text.Length < 2)
            {
                throw new ArgumentException($"'{anchor.Text}' is too short to be looked for.", nameof(anchors));
            }

            foreach (var gram in Grams(anchor.Text))
            {
                _grams[gram >> 6] |= 1UL << (gram & 63);
                _starts[gram >> (ClassBits + 6)] |= 1UL << ((gram >> ClassBits) & 63);
                ref var known = ref _anchors[gram >> ClassBits];
                if (known is null || !known.Contains(anchor))
                {
                    known = [.. known ?? [], anchor];
                }
            }
        }
    }

    /// <summary>Where the next anchor stands; -1 for none.</summary>
    /// <param name="kinds">Of all that stand there, see <see cref="Anchor.Kind"/>.</param>
    public int IndexIn(string text, int from, out int kinds)
    {
        ReadOnlySpan<byte> classes = s_classes;
        ReadOnlySpan<ulong> starts = _starts;
        // Behind the end of the text stands nothing that an anchor could begin with.
        var gram = (At(text, from) << (2 * ClassBits)) | (At(text, from + 1) << ClassBits) | At(text, from + 2);
        for (var at = from; at < text.Length - 1; at++)
        {
            var next = at + 3;
            var c = next < text.Length ? text[next] : '\uFFFF';
            gram = ((gram << ClassBits) | (c < 128 ? classes[c] : Other)) & GramMask;
            var start = gram >> ClassBits;
            if (
                (starts[start >> 6] & (1UL << (start & 63))) != 0
                && (_grams[gram >> 6] & (1UL << (gram & 63))) != 0
                && Kinds(text, at, start) is not 0 and var found
            )
            {
                kinds = found;
                return at;
            }
        }

        kinds = 0;
        return -1;
    }

    private int Kinds(string text, int at, int start)
    {
        var kinds = 0;
        foreach (var anchor in _anchors[start] ?? [])
        {
            if (
                (kinds & anchor.Kind) == 0
                && text.AsSpan(at)
                    .StartsWith(
                        anchor.Text,
                        anchor.InAnyCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal
                    )
            )
            {
                kinds |= anchor.Kind;
            }
        }

        return kinds;
    }

    /// <summary>Of an anchor of fewer than four characters one for each that may follow it.</summary>
    private static IEnumerable<int> Grams(string anchor)
    {
        IEnumerable<int> grams = [0];
        for (var i = 0; i < 4; i++)
        {
            var here = i < anchor.Length ? [Class(anchor[i])] : Enumerable.Range(0, Classes);
            grams = grams.SelectMany(g => here.Select(c => (g << ClassBits) | c)).ToList();
        }

        return grams;
    }

    private static int At(string text, int at) =>
        at < text.Length && text[at] is < (char)128 and var c ? s_classes[c] : Other;

    private static int Class(char c) =>
        char.IsAsciiLetter(c) ? (c | 0x20) - 'a'
        : char.IsAsciiDigit(c) ? 26
        : c switch
        {
            '_' => 27,
            '-' => 28,
            ' ' => 29,
            < (char)128 => 30,
            _ => Other,
        };
}

/// <param name="Text">Two characters or more.</param>
/// <param name="Kind">A bit that tells whoever asked what to do where it stands.</param>
internal readonly record struct Anchor(string Text, int Kind, bool InAnyCase);
