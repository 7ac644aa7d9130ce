using Distiller.Gguf;
using Distiller.Pretraining.Tokenizing;

namespace Distiller.Tests.Tokenizing;

internal sealed class A_vocabulary_is_part_of_a_base
{
    [Test]
    public void and_is_read_as_it_was_written()
    {
        using var folder = new TemporaryFolder();
        using var file = GgufFile.Open(VocabularyFile.Write(folder["base.gguf"], DeskCorpus.Vocabulary));
        var read = GgufVocabulary.Read(file);
        read.Tokens.ShouldBe(DeskCorpus.Vocabulary.Tokens);
        read.Merges.ShouldBe(DeskCorpus.Vocabulary.Merges);
        read.SpecialTokens.ShouldBe(DeskCorpus.Vocabulary.SpecialTokens);
    }

    [Test]
    public void and_its_special_tokens_are_what_llama_cpp_takes_them_for()
    {
        using var folder = new TemporaryFolder();
        using var model = VocabularyFile.Load(folder, DeskCorpus.Vocabulary);
        var (tokenizer, vocabulary) = (model.Tokenizer, DeskCorpus.Vocabulary);
        var (endOfText, end) = (vocabulary.SpecialId("<|endoftext|>"), vocabulary.SpecialId("<|im_end|>"));
        model.VocabularySize.ShouldBe(800);
        tokenizer.BeginOfSequence.ShouldBe(endOfText);
        tokenizer.EndOfTurn.ShouldBe(end);
        Enumerable.Range(0, 800).Where(tokenizer.IsEndOfGeneration).ShouldBe([endOfText, end]);
        tokenizer.Tokenize("", addSpecial: true).ShouldBeEmpty();
        tokenizer.Tokenize("<tool_call>").ShouldBe([vocabulary.SpecialId("<tool_call>")]);
        tokenizer.Detokenize(tokenizer.Tokenize("<tool_call>")).ShouldBe("<tool_call>");
        tokenizer.Tokenize("<|im_end|>").ShouldNotContain(end);
        Should.Throw<ArgumentException>(() => vocabulary.SpecialId("the"));
    }

    [Test]
    public void and_a_prompt_is_chatml_byte_for_byte()
    {
        using var folder = new TemporaryFolder();
        using var model = VocabularyFile.Load(folder, DeskCorpus.Vocabulary);
        ChatMessage[] talk =
        [
            new("system", "Work the ticket."),
            new("user", " restart\n\n it "),
            new("assistant", "Done."),
        ];
        const string said =
            "<|im_start|>system\nWork the ticket.<|im_end|>\n<|im_start|>user\n restart\n\n it <|im_end|>\n"
            + "<|im_start|>assistant\nDone.<|im_end|>\n";
        model.Tokenizer.Render(talk, addAssistantPrompt: false).ShouldBe(said);
        model.Tokenizer.Render(talk, addAssistantPrompt: true).ShouldBe($"{said}<|im_start|>assistant\n");
        model.Tokenizer.Render(talk[1..2], addAssistantPrompt: false).ShouldStartWith("<|im_start|>user\n");
        var ours = new BpeTokenizer(DeskCorpus.Vocabulary);
        model.Tokenizer.TokenizeChat(talk).Tokens.ShouldBe(ours.Encode(said, parseSpecial: true));
    }

    [Test]
    public void and_another_kind_of_vocabulary_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var file = GgufFile.Open(new TinyBase().Write(folder["tiny.gguf"]));
        var error = Should.Throw<BadInputException>(() => GgufVocabulary.Read(file));
        error.Place.File.ShouldBe(file.Path);
        error.Reason.ShouldBe("Its tokenizer is 'gpt2' with 'gpt-2'.");
    }

    [Test]
    public void and_a_contradictory_one_too()
    {
        var bytes = DeskCorpus.Vocabulary.Tokens.Skip(7).Take(256).ToArray();
        string[] tokens = [.. bytes, "ab"];
        Refused(tokens, ["a b"], 256, "It has 257 tokens and 256 types of tokens.");
        Refused(tokens, ["a b", "a c"], 257, "Merge 1 ('a c') is not of two tokens that make a third.");
        Refused(tokens, ["ab"], 257, "Merge 0 ('ab') is not of two tokens that make a third.");
        Refused([.. bytes, "a"], [], 257, "Token 256 ('a') stands in the vocabulary twice.");
        Refused([.. bytes, "a b"], [], 257, "Token 256 ('a b') is not written in GPT-2's alphabet of bytes.");
        Refused(tokens, [], 257, "Token 0 is of the type 6.", type: 6);
    }

    private static void Refused(string[] tokens, string[] merges, int types, string reason, int type = 1)
    {
        using var folder = new TemporaryFolder();
        new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("tokenizer.ggml.model", "gpt2")
            .Add("tokenizer.ggml.pre", "smollm")
            .Add("tokenizer.ggml.tokens", tokens)
            .Add("tokenizer.ggml.token_type", [.. Enumerable.Repeat(type, types)])
            .Add("tokenizer.ggml.merges", merges)
            .Write(folder["bad.gguf"]);
        using var file = GgufFile.Open(folder["bad.gguf"]);
        Should.Throw<BadInputException>(() => GgufVocabulary.Read(file)).Reason.ShouldBe(reason);
    }
}
