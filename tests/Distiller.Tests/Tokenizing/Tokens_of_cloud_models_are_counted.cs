using Distiller.Logs.Tokens;

namespace Distiller.Tests.Tokenizing;

internal sealed class Tokens_of_cloud_models_are_counted
{
    // A word of this length is one token in no encoding; by bytes it would be nine.
    [TestCase("gpt-4o", "hello world", 2)]
    [TestCase("gpt-4", "hello world", 2)]
    [TestCase("openai/gpt-4o-2024-08-06", "antidisestablishmentarianism", 6)]
    [TestCase("gpt-4.1-mini", "", 0)]
    public void with_the_encoding_of_a_known_model(string model, string text, int tokens)
    {
        var counter = CloudTokenCounter.For(model);
        counter.Count(text).ShouldBe(tokens);
        counter.IsEstimate.ShouldBeFalse();
        counter.Method.ShouldNotContain("estimate");
    }

    [Test]
    public void with_the_newer_encoding_for_newer_models()
    {
        const string text = "Привет, как дела? Сегодня хорошая погода.";
        CloudTokenCounter.For("gpt-4o").Count(text).ShouldBeLessThan(CloudTokenCounter.For("gpt-4").Count(text));
    }

    [TestCase("claude-sonnet-4.5")]
    [TestCase("google/gemini-2.5-flash")]
    [TestCase(null)]
    [TestCase("")]
    [TestCase("openai/")]
    public void by_a_stated_estimate_for_any_other(string? model)
    {
        var counter = CloudTokenCounter.For(model);
        counter.Count(new string('x', 330)).ShouldBe(100);
        counter.Count("é").ShouldBe(1);
        counter.Count("").ShouldBe(0);
        counter.IsEstimate.ShouldBeTrue();
        counter.Method.ShouldContain("estimate: 3.3 bytes a token");
    }

    [TestCase("a")]
    [TestCase("=")]
    [TestCase(" ")]
    [TestCase("\U0001F600")]
    public void after_long_runs_were_cut(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 20_000));
        var pieces = UnbrokenRuns.Cut(text).ToList();
        string.Concat(pieces).ShouldBe(text);
        pieces.ShouldAllBe(p => p.Length <= UnbrokenRuns.RunCharsMax + 1);
        pieces.ShouldAllBe(p => !char.IsLowSurrogate(p[0]));
    }

    [Test]
    public void and_ordinary_text_is_not_cut()
    {
        var text = string.Join(' ', Enumerable.Repeat("It is 12:30 o'clock; {\"a\": [1, 2]}.", 200));
        UnbrokenRuns.Cut(text).ShouldBe([text]);
        UnbrokenRuns.Cut("").ShouldBe([""]);
    }

    [Test]
    public void each_request_is_given_all_that_was_said_before()
    {
        var episode = Storing.Sample.Episode("k") with
        {
            Model = null,
            Requests = [],
            UnattributedUsage = Usage.Zero,
            Turns =
            [
                new Turn(TurnRole.System, new string('s', 33)),
                new Turn(TurnRole.User, new string('u', 66)),
                new Turn(TurnRole.Assistant, new string('a', 99)),
                new Turn(TurnRole.User, new string('v', 33)),
                new Turn(TurnRole.Assistant, new string('b', 33)),
            ],
        };
        var estimate = UsageEstimate.For(episode)!;
        estimate.Requests.ShouldBe(2);
        estimate.PromptTokens.ShouldBe(30 + 70);
        estimate.OutputTokens.ShouldBe(40);
        estimate.IsEstimate.ShouldBeTrue();
    }

    [Test]
    public void usage_that_was_logged_is_left_alone() =>
        UsageEstimate
            .For(Storing.Sample.Episode("k") with { UnattributedUsage = new Usage(0, 0, 0, 1) })
            .ShouldBeNull();
}
