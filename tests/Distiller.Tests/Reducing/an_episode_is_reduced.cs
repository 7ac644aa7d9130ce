using Distiller.Mining.Reducing;
using Distiller.Tests.Mining;

namespace Distiller.Tests.Reducing;

[TestFixture]
internal sealed class an_episode_is_reduced
{
    private static Episode Sample()
    {
        var log = Outputs.DeployLog();
        return Logged.Of(
            "t",
            "k",
            OutcomeKind.Succeeded,
            null,
            new Turn(TurnRole.System, log),
            new Turn(TurnRole.User, log),
            new Turn(TurnRole.Assistant, log)
            {
                ToolCalls =
                [
                    new ToolCall("a", "Bash", $$"""{"command": "find .", "note": "{{new string('n', 5000)}}"}"""),
                    new ToolCall("b", "Bash", "not even JSON"),
                ],
            },
            new Turn(TurnRole.Tool, Outputs.Find()) { ToolCallId = "a" },
            new Turn(TurnRole.Tool, log) { ToolCallId = "b", IsError = true }
        );
    }

    [Test]
    public void only_what_tools_said_is_touched()
    {
        var episode = Sample();
        var (reduced, reductions) = new EpisodeReducer().Reduce(episode, Logged.CountTokens);

        reduced.Turns.Take(3).ShouldBe(episode.Turns.Take(3));
        reduced.Turns[3].Text.Length.ShouldBeLessThan(episode.Turns[3].Text.Length);
        reduced.Turns[4].ShouldBe(episode.Turns[4] with { Text = reduced.Turns[4].Text });
        reductions.Select(r => r.Reducer).ShouldBe(["listing", "head-tail"]);
        reduced.Id.ShouldBe(episode.Id, "it is the same attempt");
    }

    [Test]
    public void and_again_it_is_the_same()
    {
        var once = new EpisodeReducer().Reduce(Sample(), Logged.CountTokens).Episode;
        var (twice, reductions) = new EpisodeReducer().Reduce(once, Logged.CountTokens);

        EpisodeJson.TurnsToJson(twice.Turns).ShouldBe(EpisodeJson.TurnsToJson(once.Turns));
        reductions.ShouldAllBe(r => r.Reducer == Reduction.Unchanged);
    }

    [Test]
    public void the_table_adds_up()
    {
        var table = ReductionSummary.Of([
            new Reduction("json", 100, 40),
            new Reduction("unchanged", 7, 7),
            new Reduction("json", 50, 50),
            new Reduction("tests", 900, 9),
        ]);

        table
            .Select(t => (t.Reducer, t.Outputs, t.TokensBefore, t.TokensAfter))
            .ShouldBe([("tests", 1, 900L, 9L), ("json", 2, 150L, 90L), ("unchanged", 1, 7L, 7L)]);
        table[1].Saved.ShouldBe(0.4, 1e-12);
    }
}
