using Distiller.Pretraining.Tokenizing;

namespace Distiller.Tests.Tokenizing;

internal sealed class A_vocabulary_is_learned_from_texts
{
    private static readonly SpecialToken[] NoSpecials = [];

    [Test]
    public void by_merging_the_most_frequent_pair_again_and_again()
    {
        // By hand: aa stands 4 times; then (Z=aa, a), (a, b) and (Z, a) twice, of which (a, b) is the smallest pair;
        // then (Z, Y=ab) twice; after that every pair stands once.
        var vocabulary = BpeTrainer.Train(["aaabdaaabac"], Options(300, NoSpecials));
        vocabulary.Tokens.Skip(256).ShouldBe(["aa", "ab", "aaab"]);
        vocabulary.Merges.ShouldBe([new('a', 'a'), new('a', 'b'), new(256, 257)]);
        new BpeTokenizer(vocabulary).Encode("aaabdaaabac").ShouldBe([258, 'd', 258, 'a', 'c']);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void and_counting_everything_anew_for_each_merge_gives_the_same(int seed)
    {
        var random = new Random(seed);
        string[] texts =
        [
            .. Enumerable
                .Range(0, 60)
                .Select(_ => new string([
                    .. Enumerable.Range(0, random.Next(1, 14)).Select(_ => "aabc"[random.Next(4)]),
                ])),
        ];
        var vocabulary = BpeTrainer.Train(texts, Options(280, NoSpecials));
        vocabulary.Tokens.Count.ShouldBe(280);
        vocabulary.Tokens.ShouldBeUnique();
        AgreesWithCountingAnew(texts, vocabulary);
    }

    [Test]
    public void and_the_same_texts_give_the_same_in_any_order()
    {
        var again = BpeTrainer.Train(DeskCorpus.Texts.Reverse(), Options(800, SpecialToken.OfAgents));
        again.Tokens.ShouldBe(DeskCorpus.Vocabulary.Tokens);
        again.Merges.ShouldBe(DeskCorpus.Vocabulary.Merges);
    }

    [Test]
    public void with_special_tokens_first_then_all_bytes_then_merges()
    {
        var vocabulary = DeskCorpus.Vocabulary;
        var specials = SpecialToken.OfAgents;
        vocabulary.Tokens.Count.ShouldBe(800);
        vocabulary.Tokens.Take(specials.Count).ShouldBe(specials.Select(s => s.Text));
        vocabulary.SpecialTokens.Keys.ShouldBe(Enumerable.Range(0, specials.Count));
        vocabulary.SpecialTokens.Values.ShouldBe(specials.Select(s => s.Kind));
        vocabulary.Tokens.Skip(specials.Count).Take(256).ShouldAllBe(t => t.Length == 1);
        vocabulary.Tokens[specials.Count + ' '].ShouldBe("Ġ");
        vocabulary.Tokens[specials.Count + '\n'].ShouldBe("Ċ");
        vocabulary.Tokens[specials.Count + 0xAD].ShouldBe("Ń");
        vocabulary.Tokens.ShouldBeUnique();
    }

    [Test]
    public void which_holds_whole_words_of_the_corpus_and_no_digits_or_special_tokens_in_pieces()
    {
        var vocabulary = DeskCorpus.Vocabulary;
        vocabulary.Tokens.ShouldContain("Ġthe");
        vocabulary.Tokens.Skip(SpecialToken.OfAgents.Count + 256).ShouldAllBe(t => !t.Any(char.IsDigit));
        var piece = BpeTrainer.Train([Repeat("<tool_call>", 50) + "tool"], Options(400, SpecialToken.OfAgents));
        piece.Merges.ShouldBeEmpty();
    }

    [Test]
    public void of_fewer_tokens_where_the_texts_teach_no_more()
    {
        BpeTrainer.Train(["once"], Options(1000, SpecialToken.OfAgents)).Tokens.Count.ShouldBe(256 + 7);
    }

    [TestCase(262, "263 (256 bytes and 7 special tokens)")]
    [TestCase(-1, "263 (256 bytes and 7 special tokens)")]
    [TestCase(int.MaxValue, "to 262144")]
    public void but_not_of_an_impossible_size(int size, string remedy)
    {
        var error = Should.Throw<BadInputException>(() =>
            BpeTrainer.Train(["a"], Options(size, SpecialToken.OfAgents))
        );
        error.Place.File.ShouldBe("tokenizer options");
        error.Reason.ShouldContain($"{size} tokens");
        error.Remedy.ShouldContain(remedy);
    }

    [TestCase("a")]
    [TestCase("<two words>")]
    [TestCase("<é>")]
    [TestCase("<again>")]
    public void and_not_with_special_tokens_that_a_text_could_spell(string text)
    {
        SpecialToken[] tokens = [new("<again>", SpecialTokenKind.Control), new(text, SpecialTokenKind.UserDefined)];
        Should
            .Throw<BadInputException>(() => BpeTrainer.Train(["a"], Options(1000, tokens)))
            .Reason.ShouldContain($"'{text}'");
    }

    [TestCase]
    [TestCase("", "<tool_call>", "<|im_end|><|im_end|>")]
    public void and_not_from_nothing(params string[] texts)
    {
        Should
            .Throw<BadInputException>(() => BpeTrainer.Train(texts, new BpeTrainerOptions()))
            .Place.File.ShouldBe("tokenizer corpus");
    }

    private static BpeTrainerOptions Options(int size, IReadOnlyList<SpecialToken> specials) =>
        new() { VocabularySize = size, SpecialTokens = specials };

    private static string Repeat(string word, int times) => string.Concat(Enumerable.Repeat($"{word}\n", times)).Trim();

    /// <summary>The definition, in so many words; for texts of one word of letters each.</summary>
    private static void AgreesWithCountingAnew(string[] texts, BpeVocabulary vocabulary)
    {
        var words = texts.Select(w => w.Select(c => c.ToString()).ToList()).ToArray();
        var tokens = vocabulary.Tokens.Take(256).ToList();
        var merges = new List<TokenPair>();
        while (tokens.Count < vocabulary.Tokens.Count)
        {
            var (left, right) = words
                .SelectMany(w => w.Zip(w.Skip(1)))
                .GroupBy(p => p)
                .OrderByDescending(g => g.Count())
                .ThenBy(g => tokens.IndexOf(g.Key.First))
                .ThenBy(g => tokens.IndexOf(g.Key.Second))
                .First()
                .Key;
            merges.Add(new TokenPair(tokens.IndexOf(left), tokens.IndexOf(right)));
            tokens.Add(left + right);

            foreach (var word in words)
            {
                for (var i = 0; i + 1 < word.Count; i++)
                {
                    if (word[i] == left && word[i + 1] == right)
                    {
                        word[i] += right;
                        word.RemoveAt(i + 1);
                    }
                }
            }
        }

        vocabulary.Tokens.ShouldBe(tokens);
        vocabulary.Merges.ShouldBe(merges);
    }
}
