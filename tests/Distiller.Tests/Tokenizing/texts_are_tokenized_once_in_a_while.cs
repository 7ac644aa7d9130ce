using Distiller.Edge;

namespace Distiller.Tests.Tokenizing;

internal sealed class texts_are_tokenized_once_in_a_while
{
    [Test]
    public void what_was_asked_lately_is_remembered_and_the_rest_forgotten()
    {
        var asked = new List<string>();
        var memo = new TokenMemo(text =>
        {
            asked.Add(text);
            return [text.Length, text[0]];
        });

        memo.Tokenize("a question").ShouldBe([10, 'a']);
        memo.Tokenize("a question").ShouldBe([10, 'a']);
        asked.ShouldBe(["a question"]);

        // Two generations of long texts push out what nobody asked for meanwhile, and keep what somebody did.
        for (var i = 0; i < 40; i++)
        {
            memo.Tokenize("a question");
            memo.Tokenize($"{i} {new string('x', 100_000)}");
        }

        asked.Count(t => t == "a question").ShouldBe(1);
        memo.Tokenize($"0 {new string('x', 100_000)}");
        asked.Count(t => t.StartsWith("0 ", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Test]
    public void a_text_longer_than_all_that_is_kept_is_not_kept()
    {
        var asked = 0;
        var memo = new TokenMemo(text =>
        {
            asked++;
            return [text.Length];
        });
        var huge = new string('x', 1 << 20);

        memo.Tokenize("small");
        memo.Tokenize(huge).ShouldBe([1 << 20]);
        memo.Tokenize(huge).ShouldBe([1 << 20]);
        memo.Tokenize("small");

        asked.ShouldBe(3);
    }
}
