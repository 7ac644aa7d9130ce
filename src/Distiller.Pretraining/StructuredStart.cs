namespace Distiller.Pretraining;

/// <summary>
/// An initialization that nearly implements a lookup before the first optimizer step, so that a small model learns to
/// follow a handbook in minutes instead of staying on the plateau before matching heads appear. In the spirit of
/// mimetic initialisation (Trockman and Kolter 2023) and of induction heads (Olsson et al. 2022).
/// <para>
/// The residual stream is divided: a constant, three marks (subject, condition, clue), the token's code, and places to
/// which heads write. Layer 0 has two heads that look one and two tokens back and two that look at the last subject and the
/// last condition: so every token of an entry knows whose entry it stands in. Layer 1 compares all of that with what stood
/// one token earlier there, and copies the token; its last head gathers the clues of the ticket. Everything else is as in
/// <see cref="RandomStart"/>, and everything is trained.
/// </para>
/// </summary>
public sealed class StructuredStart : IStart
{
    /// <summary>
    /// Pairs of a head that turn with the position; their frequencies are 3^0 to 3^-6. The others match contents.
    /// </summary>
    public const int TurningPairs = 7;

    private const int HeadWidth = 64;
    private const int PlaceWidth = 32;
    private const int ClueWidth = 48;

    // The residual stream's parts, by their first dimension.
    private const int Constant = 0;
    private const int SubjectMark = 1;
    private const int ConditionMark = 2;
    private const int ClueMark = 3;
    private const int Code = 8;
    private const int OneBack = Code + HeadWidth;
    private const int TwoBack = OneBack + PlaceWidth;
    private const int Subject = TwoBack + PlaceWidth;
    private const int Condition = Subject + PlaceWidth;
    private const int Clue = Condition + PlaceWidth;
    private const int WidthMin = Clue + ClueWidth;

    private const double EmbeddingDeviation = 0.1;
    private const double SquaredLength = 1.3;
    private const double SquaredFreeMin = 0.02;

    private readonly Dictionary<string, StartMatrix> _structured = new(StringComparer.Ordinal);
    private readonly Dictionary<int, StartMatrix> _placeOf;
    private readonly TinyArchitecture _architecture;
    private readonly RandomStart _random;
    private readonly ulong _seed;

    /// <param name="architecture">
    /// An architecture of <see cref="Shape"/>, or one with the same heads and frequencies.
    /// </param>
    /// <param name="tokens">V texts in GPT-2's alphabet of bytes.</param>
    public StructuredStart(TinyArchitecture architecture, IReadOnlyList<string> tokens, KeyWords words, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(words);
        Require(architecture.HeadWidth == HeadWidth, $"heads of width {HeadWidth}");
        Require(
            architecture.Heads >= 4 && architecture.KvHeads is 0 || architecture.KvHeads == architecture.Heads,
            "at least 4 heads"
        );
        Require(architecture.Layers >= 2 && architecture.Width > WidthMin, $"2 layers and a width above {WidthMin}");
        (_architecture, _random, _seed) = (architecture, new RandomStart(seed), seed);
        _placeOf = new[] { OneBack, TwoBack, Subject, Condition, Clue }.ToDictionary(
            p => p,
            p => StartMatrix.Orthonormal(p == Clue ? ClueWidth : PlaceWidth, HeadWidth, seed, $"place {p}")
        );
        Embed(tokens, words);
        GatherContext();
        LookUp();
    }

    /// <summary>
    /// A base of 4 layers with heads as this start needs them: few turning pairs, the rest free of position.
    /// </summary>
    public static TinyArchitecture Shape(int vocabulary, int layers = 4, int feedForward = 512, int context = 4096) =>
        new()
        {
            Width = 4 * HeadWidth,
            Heads = 4,
            Layers = layers,
            FeedForward = feedForward,
            Vocabulary = vocabulary,
            Context = context,
            RopeBase = MathF.Pow(3, HeadWidth / 2),
            RopeFactors = [.. Enumerable.Range(0, HeadWidth / 2).Select(i => i < TurningPairs ? 1f : 1e9f)],
        };

    public float[] Values(string tensor, int outer, int inner) =>
        _structured.TryGetValue(tensor, out var matrix) ? [.. matrix.Values] : _random.Values(tensor, outer, inner);

    private void Embed(IReadOnlyList<string> tokens, KeyWords words)
    {
        var embedding = Random("token_embd.weight", tokens.Count, _architecture.Width);
        var ids = tokens.Index().ToDictionary(t => t.Item, t => t.Index, StringComparer.Ordinal);
        var noise = new SplitMix64(_seed, "spaced words");
        for (var id = 0; id < tokens.Count; id++)
        {
            embedding.Values.AsSpan(id * embedding.Columns, Code).Clear();
            embedding.Values.AsSpan((id * embedding.Columns) + OneBack, WidthMin - OneBack).Clear();
            embedding[id, Constant] = 0.2f;
        }

        foreach (var (token, id) in ids.OrderBy(t => t.Value))
        {
            var word = token.StartsWith('Ġ') ? token[1..] : token;
            // A word with and without a space before it gets nearly the same code: JSON and prose use the same names.
            if (word.Length < token.Length && ids.TryGetValue(word, out var bare))
            {
                for (var i = Code; i < OneBack; i++)
                {
                    embedding[id, i] = (float)((0.95 * embedding[bare, i]) + (0.03 * noise.NextNormal()));
                }
            }

            Mark(id, SubjectMark, word.Length < token.Length && words.Subjects.Contains(word));
            Mark(id, ConditionMark, word.Length < token.Length && words.Conditions.Contains(word));
            Mark(id, ClueMark, words.Clues.Contains(word));
            EvenOut(embedding.Values.AsSpan(id * embedding.Columns, embedding.Columns));
        }

        void Mark(int id, int mark, bool applies) => embedding[id, mark] = applies ? 0.3f : 0;
    }

    /// <summary>
    /// Gives all tokens the same norm by adjusting their unused dimensions: otherwise RMS normalization would scale the
    /// constant, and with it the keys, of one token differently from another's.
    /// </summary>
    private static void EvenOut(Span<float> token)
    {
        var free = token[WidthMin..];
        var wanted = Math.Max(SquaredLength - SumOfSquares(token[..WidthMin]), SquaredFreeMin);
        var factor = Math.Sqrt(wanted / SumOfSquares(free));
        foreach (ref var value in free)
        {
            value = (float)(value * factor);
        }
    }

    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (var value in values)
        {
            sum += value * (double)value;
        }

        return sum;
    }

    /// <summary>Layer 0.</summary>
    private void GatherContext()
    {
        var (query, key, value, output) = Attention(0);
        LookBack(0, 1, OneBack);
        LookBack(1, 2, TwoBack);
        LookAtLast(query, key, 2, SubjectMark, 1);
        LookAtLast(query, key, 3, ConditionMark, 1);
        CopyCode(value, output, 2, Subject);
        CopyCode(value, output, 3, Condition);

        // Keys ahead of the queries by the angle of `back` positions: their product is largest where the distance is that.
        void LookBack(int head, int back, int place)
        {
            const double amplitude = 3.5;
            for (var pair = 0; pair < TurningPairs; pair++)
            {
                var row = (head * HeadWidth) + (2 * pair);
                var angle = back * Math.Pow(3, -pair);
                query[row, Constant] = (float)amplitude;
                key[row, Constant] = (float)(amplitude * Math.Cos(angle));
                key[row + 1, Constant] = (float)(amplitude * Math.Sin(angle));
            }

            CopyCode(value, output, head, place);
        }
    }

    /// <summary>Layer 1.</summary>
    private void LookUp()
    {
        var (query, key, value, output) = Attention(1);
        Compare(0, (14, Subject, Subject), (10, Condition, Condition), (13, Code, OneBack), (13, OneBack, TwoBack));
        Compare(1, (12, Subject, Subject), (12, Condition, Condition), (13, Code, OneBack), (13, OneBack, TwoBack));
        Compare(2, (25, Code, OneBack), (25, OneBack, TwoBack));
        LookAtLast(query, key, 3, ClueMark, 0.16);
        CopyCode(value, output, 3, Clue, 3);

        // Compares one part of the query's residual stream with another part of the key's, through one
        // random projection of the code; several such comparisons side by side in a head's still dimensions add up.
        void Compare(int head, params (int Width, int AtQuery, int AtKey)[] slots)
        {
            const double amplitude = 3.4;
            var row = head * HeadWidth;
            query.ClearRows(row, HeadWidth);
            key.ClearRows(row, HeadWidth);
            row += 2 * TurningPairs;
            foreach (var (width, atQuery, atKey) in slots)
            {
                var projection = StartMatrix.Orthonormal(width, HeadWidth, _seed, $"compare {head} {row}");
                query.Place(row, atQuery, OnPart(projection, atQuery), amplitude);
                key.Place(row, atKey, OnPart(projection, atKey), amplitude);
                row += width;
            }

            CopyCode(value, output, head, Code, 2);
        }
    }

    /// <summary>The projection of a code, for where the code itself stands or where a place holds its image.</summary>
    private StartMatrix OnPart(StartMatrix projection, int part) =>
        part == Code ? projection : projection.Times(_placeOf[part].Transposed());

    /// <summary>
    /// Looks at the last marked token: the turning pairs used here are slow, and together they fall with the distance over
    /// some 250 tokens.
    /// </summary>
    private static void LookAtLast(StartMatrix query, StartMatrix key, int head, int mark, double sharpness)
    {
        query.ClearRows(head * HeadWidth, HeadWidth);
        key.ClearRows(head * HeadWidth, HeadWidth);
        foreach (var (pair, weight) in new[] { (3, 0.3), (4, 1.5), (5, 3.0), (6, 4.0) })
        {
            var row = (head * HeadWidth) + (2 * pair);
            query[row, Constant] = (float)(7 * sharpness * Math.Sqrt(weight));
            key[row, mark] = (float)(5.5 * Math.Sqrt(weight));
        }
    }

    private void CopyCode(StartMatrix value, StartMatrix output, int head, int place, double gain = 1)
    {
        value.ClearRows(head * HeadWidth, HeadWidth);
        value.Place(head * HeadWidth, Code, StartMatrix.Identity(HeadWidth));
        var image = place == Code ? StartMatrix.Identity(HeadWidth) : _placeOf[place];
        output.Place(place, head * HeadWidth, image, gain * EmbeddingDeviation);
    }

    private (StartMatrix Query, StartMatrix Key, StartMatrix Value, StartMatrix Output) Attention(int layer)
    {
        var width = _architecture.Width;
        var query = Random($"blk.{layer}.attn_q.weight", width, width);
        var key = Random($"blk.{layer}.attn_k.weight", width, width);
        // These rows get no random noise: it would blur the angles.
        query.Values.AsSpan().Clear();
        key.Values.AsSpan().Clear();
        return (
            query,
            key,
            Random($"blk.{layer}.attn_v.weight", width, width),
            Random($"blk.{layer}.attn_output.weight", width, width)
        );
    }

    private StartMatrix Random(string tensor, int rows, int columns)
    {
        var matrix = new StartMatrix(rows, columns);
        _random.Values(tensor, rows, columns).CopyTo(matrix.Values, 0);
        _structured[tensor] = matrix;
        return matrix;
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new BadInputException(
                new SourceLocation("architecture", 0),
                $"A structured start needs {what}.",
                "Choose such an architecture, or a random start."
            );
        }
    }
}

/// <summary>
/// The words by which an entry of a handbook is found. Each is looked for with a space before it, as it stands in a text.
/// </summary>
/// <param name="Subjects">The first word of an entry.</param>
/// <param name="Conditions">The second word of an entry.</param>
/// <param name="Clues">Words by which people tell a condition without naming it.</param>
public sealed record KeyWords(
    IReadOnlyCollection<string> Subjects,
    IReadOnlyCollection<string> Conditions,
    IReadOnlyCollection<string> Clues
);
