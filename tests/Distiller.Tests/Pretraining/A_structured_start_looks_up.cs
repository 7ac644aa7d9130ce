using Distiller.Gguf;
using Distiller.Pretraining;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Tests.Pretraining;

/// <summary>
/// A made-up handbook of 40 entries, <c>* S C: n-m;</c>, and one of them begun again behind it. Nothing has been trained: what
/// the start puts on top, the token itself aside, must be what follows in that entry.
/// </summary>
internal sealed class A_structured_start_looks_up
{
    private const int Entries = 40;
    private const int EntryTokens = 8;

    private static readonly string[] Subjects = Words("sub", 20);
    private static readonly string[] Conditions = Words("con", 6);
    private static readonly string[] Names = Words("name", 60);
    private static readonly string[] Tokens =
    [
        .. Names,
        .. Subjects.Select(w => "Ġ" + w),
        .. Conditions.Select(w => "Ġ" + w),
        .. Names.Select(w => "Ġ" + w),
        .. TinyBase.Tokens,
    ];

    private static readonly KeyWords Keys = new(Subjects, Conditions, ["unheard"]);

    [Test]
    public void the_next_token_of_the_entry_is_on_top_before_any_training()
    {
        var architecture = StructuredStart.Shape(Tokens.Length, layers: 2, feedForward: 16);
        Found(architecture, new StructuredStart(architecture, Tokens, Keys, 1)).ShouldBeGreaterThan(0.9);
        Found(architecture, new RandomStart(1)).ShouldBeLessThan(0.1);
    }

    [Test]
    public void a_seed_is_a_start()
    {
        var architecture = StructuredStart.Shape(Tokens.Length, layers: 2, feedForward: 16);
        float[] Draw(ulong seed) =>
            new StructuredStart(architecture, Tokens, Keys, seed).Values("blk.1.attn_q.weight", 256, 256);
        Draw(3).ShouldBe(Draw(3));
        Draw(3).ShouldNotBe(Draw(4));
    }

    [Test]
    public void every_token_is_as_long_as_any_other()
    {
        var architecture = StructuredStart.Shape(Tokens.Length, layers: 2, feedForward: 16);
        var values = new StructuredStart(architecture, Tokens, Keys, 1).Values("token_embd.weight", Tokens.Length, 256);
        var lengths = values.Chunk(256).Select(t => Math.Sqrt(t.Sum(v => (double)v * v))).ToList();
        lengths.Max().ShouldBe(lengths.Min(), 1e-3);
    }

    [Test]
    public void an_architecture_without_its_heads_is_refused()
    {
        var narrow = new TinyArchitecture
        {
            Width = 128,
            Heads = 4,
            Vocabulary = Tokens.Length,
        };
        Should.Throw<BadInputException>(() => new StructuredStart(narrow, Tokens, Keys, 1)).Message.ShouldContain("64");
    }

    /// <summary>Share of an entry's tokens, from the colon on, that are the likeliest of all but the token before them.</summary>
    private static double Found(TinyArchitecture architecture, IStart start)
    {
        using var folder = new TemporaryFolder();
        TinyModelFile.Write(
            folder["start.gguf"],
            "start",
            architecture,
            architecture.Weights.ToDictionary(
                w => w.Name,
                w => start.Values(w.Name, w.Out, w.In),
                StringComparer.Ordinal
            ),
            GgmlType.F32,
            w => TinyBase.AddTokenizer(w)
        );
        using var file = GgufFile.Open(folder["start.gguf"]);
        using var model = BaseModel.Load(file, Device.Cpu);
        using var off = torch.no_grad();
        var book = Enumerable.Range(0, Entries).Select(Entry).ToList();
        var (found, asked) = (0, 0);
        foreach (var entry in book.Where((_, i) => i % 4 == 1))
        {
            using var scope = torch.NewDisposeScope();
            int[] row = [.. book.SelectMany(e => e), .. entry];
            var begin = row.Length - EntryTokens;
            // The last one, the end of the line, has nothing to look up.
            int[] at = [.. Enumerable.Range(begin + 2, EntryTokens - 3)];
            var logits = model.Logits(new TokenRows(row), positions: at).ToFloats();
            foreach (var (i, position) in at.Index())
            {
                var scores = logits.AsSpan(i * Tokens.Length, Tokens.Length);
                scores[row[position]] = float.NegativeInfinity;
                asked++;
                found += Top(scores) == row[position + 1] ? 1 : 0;
            }
        }

        return (double)found / asked;
    }

    private static int Top(ReadOnlySpan<float> scores)
    {
        var top = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            top = scores[i] > scores[top] ? i : top;
        }

        return top;
    }

    private static int[] Entry(int i)
    {
        string[] texts =
        [
            "*",
            "Ġ" + Subjects[i / 2],
            "Ġ" + Conditions[((i / 2) + (i % 2)) % Conditions.Length],
            ":",
            Names[(i * 7) % Names.Length],
            "-",
            Names[((i * 11) + 3) % Names.Length],
            "Ċ",
        ];
        return [.. texts.Select(t => Array.IndexOf(Tokens, t))];
    }

    private static string[] Words(string stem, int count) =>
        [.. Enumerable.Range(0, count).Select(i => stem + (char)('a' + (i / 26)) + (char)('a' + (i % 26)))];
}
