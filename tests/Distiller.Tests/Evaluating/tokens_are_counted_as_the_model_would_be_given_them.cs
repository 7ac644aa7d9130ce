using Distiller.Edge;
using Distiller.Evaluation;

namespace Distiller.Tests.Evaluating;

public sealed class tokens_are_counted_as_the_model_would_be_given_them
{
    private const string Patterns = "To find an order: find(id={id}), then say where it is.";
    private const string Line = "You are at a desk.";

    [Test]
    public void each_prompt_is_what_tokenizing_it_alone_gives()
    {
        using var desk = new TinyDesk();
        using var model = EdgeModel.Load(desk.Base, new EdgeModelOptions { VocabularyOnly = true });
        var tokenizer = model.Tokenizer;

        var verbose = TinyDesk.Episodes[0].Turns[0].Text + "\n\n" + Patterns;
        var rows = TokenAccount.Count(TinyDesk.Episodes, tokenizer, _ => verbose, Line);

        rows.Count.ShouldBe(4 * 3);
        foreach (var episode in TinyDesk.Episodes)
        {
            var before = Conversation.ToMessages(verbose, episode.Turns);
            var after = Conversation.ToMessages(Line, episode.Turns);
            var steps = rows.Where(r => r.EpisodeId == episode.Id.Value).ToList();
            var at = before.Index().Where(m => m.Item.Role == "assistant").Select(m => m.Index).ToList();
            steps
                .Select(s => s.PromptBefore)
                .ShouldBe(at.Select(i => tokenizer.TokenizePrompt([.. before.Take(i)]).Length));
            steps
                .Select(s => s.PromptAfter)
                .ShouldBe(at.Select(i => tokenizer.TokenizePrompt([.. after.Take(i)]).Length));
            // The text and the token that ends it.
            steps.Select(s => s.Completion).ShouldBe(at.Select(i => tokenizer.CountTokens(before[i].Content) + 1));
        }

        // What is left out is the same at every step: the difference of the two system texts.
        var saved = tokenizer.CountTokens(verbose) - tokenizer.CountTokens(Line);
        rows.ShouldAllBe(r => r.PromptBefore - r.PromptAfter == saved);
    }

    [Test]
    public void an_episode_without_assistant_turns_has_no_steps()
    {
        using var desk = new TinyDesk();
        using var model = EdgeModel.Load(desk.Base, new EdgeModelOptions { VocabularyOnly = true });
        var silent = TinyDesk.Episodes[0] with { Turns = [new Turn(TurnRole.User, "Hello?")] };

        TokenAccount.Count([silent], model.Tokenizer, _ => Patterns, Line).ShouldBeEmpty();
    }
}
