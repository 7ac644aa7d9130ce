using System.Text;
using Distiller.Edge;
using Distiller.Gguf;
using Distiller.Pretraining.Tokenizing;
using Distiller.Tests.Edge;
using FsCheck;
using FsCheck.Fluent;

namespace Distiller.Tests.Tokenizing;

internal sealed class Tokens_are_those_of_llama_cpp
{
    // csharpier-ignore
    private static readonly string[] Pieces =
    [
        " ", "  ", "\n", "\n\n", "\r\n", "\t", "\v\f", "a", "the", " the", "word", "Ünïcödé", "漢字", "🙂", "👩‍👩‍👧",
        "e\u0301", "\u0301", "\u00a0", "\u0085", "\u2003", "\u3000", "\u2028", "\u200b", "\ufeff", "\0", "1", "42", " 7",
        "\u0663", "²", "Ⅷ", "½", "'s", "'ll", "'LL", "'", "''", "re", "!", "...", "--", "{\"name\": \"", "\"}",
        "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<tool_", "<|im_start|>", "<|im_end|>",
        "<|endoftext|>", "<|im_", "|>", "<", "\ud83d", "\ude42", "\u0378", "\U000E0041", "\U0010FFFF", "ABC", "restart",
        "_", "web-07", "x=1;", "://",
    ];

    private readonly BpeTokenizer _ours = new(DeskCorpus.Vocabulary);
    private TemporaryFolder _folder = null!;
    private EdgeModel _model = null!;

    [OneTimeSetUp]
    public void LoadVocabulary()
    {
        _folder = new TemporaryFolder();
        _model = VocabularyFile.Load(_folder, DeskCorpus.Vocabulary);
    }

    [OneTimeTearDown]
    public void Unload()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("Restart web-07 in Berlin, then page the on-call; don't escalate (it's 3 a.m., they'll've slept).")]
    [TestCase("<tool_call>\n{\"name\": \"restart\", \"arguments\": {\"n\": [1, 22, 333], \"x\": null}}\n</tool_call>")]
    [TestCase("1234567890 12,345.678 a1b2c3 0x1F \u0663\u0664 一二三 Ⅷ ² ½ ①")]
    [TestCase("a\nb\n\nc\n\n\nd\r\ne\r\n\r\nf\n")]
    [TestCase("a  b   c    d     1  2   ,   \n   x \n\n  ")]
    [TestCase("\ta\t\tb \t c\t1\t\t2")]
    [TestCase(
        "Ünïcödé e\u0301a\u0308 \u0301x क्षत्रिय 漢字かな交じり文 한국어 🙂👩‍👩‍👧‍👦🇩🇪 a\u00a0b\u00a0\u00a0c\u2003d\u3000e"
    )]
    [TestCase("'s 's's 'S don't DON'T 'llama 'lla 'v 've 'r' ''s")]
    [TestCase("a<|im_start|>b<|im_end|>\n<|endoftext|>")]
    [TestCase("x<tool_call>y</tool_call>z<tool_response></tool_response> <tool_call <|tool_call|>")]
    [TestCase("nul \0 bell \a escape \u001b[31m bom \ufeff")]
    public void for_all_that_prompts_are_made_of(string text)
    {
        Agrees(_ours, _model.Tokenizer, text);
        _ours.Decode(_ours.Encode(text)).ShouldBe(text);
    }

    [Test]
    public void for_the_whole_corpus()
    {
        foreach (var text in DeskCorpus.Texts)
        {
            Agrees(_ours, _model.Tokenizer, text);
            _ours.Decode(_ours.Encode(text)).ShouldBe(text);
        }
    }

    [Test]
    public void for_any_text_at_all()
    {
        var pieces = Gen.OneOf(Gen.Elements(Pieces), ArbMap.Default.GeneratorFor<char>().Select(c => c.ToString()));
        Prop.ForAll(
                pieces.ArrayOf().ToArbitrary(),
                parts =>
                {
                    var text = string.Concat(parts);
                    Agrees(_ours, _model.Tokenizer, text);
                    // Half of a surrogate pair cannot come back: it is U+FFFD, as everywhere in UTF-8.
                    _ours.Decode(_ours.Encode(text, parseSpecial: true), special: true).ShouldBe(WellFormed(text));
                    _ours.Decode(_ours.Encode(text)).ShouldBe(WellFormed(text));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(600).WithEndSize(60));
    }

    [Test]
    public void for_a_word_of_any_length()
    {
        var random = new Random(1);
        var text = new string([.. Enumerable.Range(0, 20_000).Select(_ => "theraion"[random.Next(8)])]);
        Agrees(_ours, _model.Tokenizer, text);
        Agrees(_ours, _model.Tokenizer, new string('-', 5_000) + new string(' ', 5_000));
    }

    [Test]
    public void for_every_character_behind_a_letter_a_sign_and_a_space()
    {
        // Merges of a letter, a sign and a tab with every first byte of a character show which belong together.
        const string before = "a!\t";
        var bytes = BpeTrainer.Train(
            ["a"],
            new BpeTrainerOptions { VocabularySize = 256 + 3, SpecialTokens = [.. SpecialToken.OfAgents.Take(3)] }
        );
        TokenPair[] merges = [.. before.SelectMany(c => Enumerable.Range(3, 256).Select(b => new TokenPair(3 + c, b)))];
        var probe = bytes with
        {
            Tokens = [.. bytes.Tokens, .. merges.Select(m => bytes.Tokens[m.Left] + bytes.Tokens[m.Right])],
            Merges = merges,
        };
        using var folder = new TemporaryFolder();
        using var model = VocabularyFile.Load(folder, probe);
        var ours = new BpeTokenizer(probe);
        var wrong = new List<int>();
        // Planes 4 to 13 are unassigned, 15 and 16 private.
        var codePoints = Enumerable.Range(0, 0x40000).Concat(Enumerable.Range(0xE0000, 0x1000)).Where(Rune.IsValid);
        foreach (var block in codePoints.Chunk(2048))
        {
            var text = string.Concat(block.Select(Probe));
            if (!ours.Encode(text).AsSpan().SequenceEqual(model.Tokenizer.Tokenize(text)))
            {
                wrong.AddRange(
                    block.Where(c => !ours.Encode(Probe(c)).AsSpan().SequenceEqual(model.Tokenizer.Tokenize(Probe(c))))
                );
            }
        }

        wrong.Select(c => $"U+{c:X4}").ShouldBeEmpty();

        static string Probe(int codePoint) => string.Concat(before.Select(c => $"{c}{new Rune(codePoint)}")) + "\n";
    }

    [Test]
    public void for_the_vocabulary_of_a_real_model()
    {
        var path = SharedFiles.Path(EdgeFixtures.SmolLm);
        using var file = GgufFile.Open(path);
        var ours = new BpeTokenizer(GgufVocabulary.Read(file));
        using var model = VocabularyFile.Load(path);
        foreach (
            var text in DeskCorpus.Texts.Append(string.Concat(Pieces)).Append("bytes without a token: \u0004\u001d")
        )
        {
            Agrees(ours, model.Tokenizer, text);
        }

        var cases = EdgeFixtures.Json(SharedFiles.Path("parity/smollm2-135m-instruct.json")).GetProperty("cases");
        foreach (var c in cases.EnumerateArray())
        {
            ours.Encode(c.GetProperty("text").GetString()!, parseSpecial: true).ShouldBe(c.Ints("ids"));
        }
    }

    private static void Agrees(BpeTokenizer ours, ChatTokenizer theirs, string text)
    {
        foreach (var parseSpecial in new[] { false, true })
        {
            var ids = ours.Encode(text, parseSpecial);
            ids.ShouldBe(theirs.Tokenize(text, parseSpecial: parseSpecial));
            foreach (var special in new[] { false, true })
            {
                ours.Decode(ids, special).ShouldBe(theirs.Detokenize(ids, special));
            }
        }
    }

    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
