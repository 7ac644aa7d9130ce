using Distiller.Edge;

namespace Distiller.Tests.Edge;

public sealed class Tokens_are_those_of_the_reference
{
    [Test]
    public void for_three_texts_of_a_real_model()
    {
        using var model = EdgeModel.Load(
            SharedFiles.Path(EdgeFixtures.SmolLm),
            new EdgeModelOptions { VocabularyOnly = true }
        );
        var cases = EdgeFixtures
            .Json(SharedFiles.Path("parity/smollm2-135m-instruct.json"))
            .GetProperty("cases")
            .EnumerateArray()
            .ToArray();
        cases.Length.ShouldBe(3);
        foreach (var c in cases)
        {
            var text = c.GetProperty("text").GetString()!;
            var ids = model.Tokenizer.Tokenize(text, addSpecial: true, parseSpecial: true);
            ids.ShouldBe(c.Ints("ids"));
            model.Tokenizer.Detokenize(ids, special: true).ShouldBe(text);
            model.Tokenizer.Detokenize(c.Ints("greedy24")).ShouldBe(c.GetProperty("greedy24_text").GetString());
        }
    }

    [Test]
    public void and_a_vocabulary_needs_no_weights()
    {
        using var folder = new TemporaryFolder();
        using var model = EdgeModel.Load(
            new TinyBase().Write(folder["tiny.gguf"]),
            new EdgeModelOptions { VocabularyOnly = true }
        );
        model.VocabularySize.ShouldBe(TinyBase.Tokens.Count);
        model.ContextLength.ShouldBe(4096);
        model.Architecture.ShouldBe("llama");
        model.Tokenizer.CountTokens("the").ShouldBe(1);
        Should.Throw<InvalidOperationException>(() => model.OpenSession(new EdgeSessionOptions()));
    }

    [TestCase("")]
    [TestCase("plain words, Ünïcödé, 漢字, 🙂\n\ttabs and \0 nul")]
    public void and_a_text_comes_back_as_it_was(string text)
    {
        using var folder = new TemporaryFolder();
        using var model = EdgeFixtures.LoadTiny(folder);
        model.Tokenizer.Detokenize(model.Tokenizer.Tokenize(text)).ShouldBe(text);
    }

    [Test]
    public void and_control_tokens_are_read_only_where_asked()
    {
        using var folder = new TemporaryFolder();
        using var model = EdgeFixtures.LoadTiny(folder);
        var tokenizer = model.Tokenizer;
        tokenizer.Tokenize("<|im_end|>", parseSpecial: true).ShouldBe([TinyBase.MessageEnd]);
        tokenizer.Tokenize("<|im_end|>").Length.ShouldBe("<|im_end|>".Length);
        tokenizer.Detokenize([TinyBase.MessageEnd]).ShouldBe("");
        tokenizer.EndOfTurn.ShouldBe(TinyBase.MessageEnd);
        tokenizer.BeginOfSequence.ShouldBe(TinyBase.MessageStart);
        tokenizer.IsEndOfGeneration(TinyBase.MessageEnd).ShouldBeTrue();
        tokenizer.IsEndOfGeneration(3).ShouldBeFalse();
    }

    [TestCase(-1)]
    [TestCase(267)]
    [TestCase(int.MaxValue)]
    public void and_an_id_outside_the_vocabulary_is_refused(int token)
    {
        using var folder = new TemporaryFolder();
        using var model = EdgeFixtures.LoadTiny(folder);
        using var session = model.OpenSession(new EdgeSessionOptions { ContextTokens = 16 });
        Should
            .Throw<BadInputException>(() => session.Feed([5, token]))
            .Message.ShouldContain($"{token} is outside the vocabulary of 267");
        Should.Throw<BadInputException>(() => model.Tokenizer.Detokenize([token]));
        Should.Throw<BadInputException>(() => model.Tokenizer.IsEndOfGeneration(token));
        session.CachedTokens.ShouldBe(0);
    }
}
