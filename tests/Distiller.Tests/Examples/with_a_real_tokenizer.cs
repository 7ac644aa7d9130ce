using Distiller.Edge;
using Distiller.Mining;
using Distiller.Mining.Examples;
using Distiller.Tests.Mining;

namespace Distiller.Tests.Examples;

/// <summary>Windows over the airline log in the vocabulary and the chat template of a small real model.</summary>
[TestFixture]
internal sealed class with_a_real_tokenizer
{
    [Test]
    public void windows_fit_and_teach_what_the_assistant_said()
    {
        using var model = EdgeModel.Load(
            SharedFiles.Path("models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf"),
            new EdgeModelOptions { VocabularyOnly = true }
        );
        var tokenizer = model.Tokenizer;
        var options = new MiningOptions { Examples = new ExampleOptions { SequenceTokensMax = 1024 } };
        var miner = new Miner(
            tokenizer.CountTokens,
            messages =>
            {
                var (tokens, spoken) = tokenizer.TokenizeChat(messages);
                return (tokens, spoken);
            },
            options
        );

        var episodes = AirlineLog.Episodes();
        var result = miner.Run(episodes.Where(e => e.Outcome.Kind == OutcomeKind.Succeeded));

        var trained = result.Train.Examples.Select(e => e.EpisodeId).ToHashSet();
        var report = result.Report.TrainExamples;
        report.Episodes.ShouldBeGreaterThan(50);
        report.DroppedTurns.ShouldBe(0);
        report.TruncatedTurns.ShouldBe(0);
        result.Train.Examples.ShouldAllBe(e => e.Tokens.Length <= 1024 && e.LossTokens > 0);
        var taught = string.Join(
            '\n',
            result.Train.Examples.Select(e => tokenizer.Detokenize([.. e.Tokens.Where((_, i) => e.LossMask[i])]))
        );
        // All rows together: a row that two episodes share is kept once.
        foreach (
            var turn in episodes
                .Where(e => trained.Contains(e.Id))
                .SelectMany(e => e.Turns)
                .Where(t => t.Role == TurnRole.Assistant)
        )
        {
            taught.ShouldContain(Conversation.ToMessage(turn).Content.Trim(), Case.Sensitive);
        }

        TestContext.Out.WriteLine($"{report}");
    }
}
