using Distiller.Mining.Examples;
using Distiller.Tests.Mining;

namespace Distiller.Tests.Examples;

[TestFixture]
internal sealed class episodes_become_examples
{
    private static Episode Success(string task, string key, string user = "mend it") =>
        Logged.Episode(task, key, OutcomeKind.Succeeded, user, Logged.Calls("look mend"));

    private static ExampleSet Build(IEnumerable<Episode> episodes, ExampleOptions? options = null) =>
        new ExampleBuilder(new WordTokenizer().Chat, options).Build(episodes);

    [Test]
    public void an_easy_task_with_many_successes_weighs_as_one()
    {
        Episode[] episodes = [.. Enumerable.Range(0, 4).Select(i => Success("easy", $"e{i}")), Success("hard", "h")];
        var hard = episodes[4].Id;

        var examples = Build(episodes).Examples;

        examples.Count.ShouldBe(5);
        examples.Average(e => e.Weight).ShouldBe(1, 1e-6);
        examples
            .Single(e => e.EpisodeId == hard)
            .Weight.ShouldBe(examples.First(e => e.EpisodeId != hard).Weight * 4, 1e-5);
        Build(episodes, new ExampleOptions { WeighByTask = false }).Examples.ShouldAllBe(e => e.Weight == 1);
    }

    [Test]
    public void whole_episodes_are_taken_until_the_budget_is_used_up()
    {
        var episodes = Enumerable.Range(0, 40).Select(i => Success($"t{i}", $"k{i}")).ToList();
        var all = Build(episodes);
        var budget = all.Report.Tokens / 4;

        var some = Build(episodes, new ExampleOptions { TrainTokensMax = budget });

        some.Report.Tokens.ShouldBeLessThanOrEqualTo(budget);
        some.Report.Tokens.ShouldBeGreaterThan(budget * 8 / 10);
        (some.Report.Episodes + some.Report.BeyondBudget).ShouldBe(40);
        some.Examples.Select(e => e.EpisodeId).ShouldBeSubsetOf(all.Examples.Select(e => e.EpisodeId));
        var other = Build(episodes, new ExampleOptions { TrainTokensMax = budget, Seed = 2 });
        other.Examples.Select(e => e.EpisodeId).ShouldNotBe(some.Examples.Select(e => e.EpisodeId));
    }

    [Test]
    public void where_the_budget_is_small_every_kind_of_task_comes_before_the_second_of_one()
    {
        var episodes = Enumerable
            .Range(0, 30)
            .Select(i => Success(i < 24 ? "common" : $"rare {i}", $"k{i}", $"mend {i}"))
            .ToList();
        var one = Build([episodes[0]]).Report.Tokens;

        var set = Build(episodes, new ExampleOptions { TrainTokensMax = 8 * one });

        var tasks = set.Examples.Select(e => e.TaskId).ToList();
        tasks.Where(t => t.StartsWith("rare")).Count().ShouldBe(6);
        tasks.Count(t => t == "common").ShouldBe(2);
        set.Report.BeyondBudget.ShouldBe(22);
        set.Report.BeyondBudgetTasks.ShouldBe(1);
    }

    [Test]
    public void where_the_budget_is_small_the_surest_success_comes_first()
    {
        var episodes = Enumerable.Range(0, 12).Select(i => Success($"t{i}", $"k{i}", $"mend {i}")).ToList();
        var input = Digested.InMemory(episodes);
        var one = Build([episodes[0]]).Report.Tokens;
        var digests = input.Digests().Select((d, i) => d with { LabelConfidence = i % 3 == 0 ? 1 : 0.7 }).ToList();

        var set = new ExampleBuilder(new WordTokenizer().Chat, new ExampleOptions { TrainTokensMax = 4 * one }).Build(
            digests,
            input.Episodes
        );

        set.Examples.Select(e => e.EpisodeId)
            .ShouldBe(digests.Where(d => d.LabelConfidence == 1).Select(d => new EpisodeId(d.Id)).Order());
    }

    [Test]
    public void the_same_row_is_learned_once()
    {
        var first = Success("t", "k");
        var again = EpisodeJson.Identify(first with { Agent = "another" });

        var set = Build([again, first]);

        set.Examples.Count.ShouldBe(1);
        set.Report.Repeated.ShouldBe(1);
        set.Report.Episodes.ShouldBe(1);
    }

    [Test]
    public void rows_come_in_the_order_of_their_episodes_whatever_the_input()
    {
        var episodes = Enumerable.Range(0, 10).Select(i => Success($"t{i}", $"k{i}", new string('x', i))).ToList();
        var tokenizer = new WordTokenizer();
        var builder = new ExampleBuilder(tokenizer.Chat);

        var one = builder.Build(episodes).Examples;
        var two = builder.Build(Enumerable.Reverse(episodes)).Examples;

        one.Select(e => e.EpisodeId).ShouldBeInOrder(SortDirection.Ascending);
        two.Select(e => (e.EpisodeId, e.Weight, tokenizer.Text(e.Tokens)))
            .ShouldBe(one.Select(e => (e.EpisodeId, e.Weight, tokenizer.Text(e.Tokens))));
    }

    [Test]
    public void tool_calls_are_taught_and_their_answers_are_not()
    {
        var tokenizer = new WordTokenizer();
        var example = new ExampleBuilder(tokenizer.Chat).Build([Success("t", "k")]).Examples.ShouldHaveSingleItem();

        var loss = tokenizer.Text(example.Tokens.Where((_, i) => example.LossMask[i]));
        loss.ShouldContain("<tool_call> {\"name\": \"look\", \"arguments\": {}} </tool_call> <end>");
        loss.ShouldNotContain("tool_response");
        loss.ShouldNotContain("careful agent");
        example.LossTokens.ShouldBe(loss.Split(' ').Length);
    }

    [TestCase(63, null, 0.5)]
    [TestCase(64, 0L, 0.5)]
    [TestCase(64, null, 1.0)]
    public void options_outside_their_range_are_refused(int sequence, long? budget, double context) =>
        Should.Throw<BadInputException>(() =>
            new ExampleBuilder(
                new WordTokenizer().Chat,
                new ExampleOptions
                {
                    SequenceTokensMax = sequence,
                    TrainTokensMax = budget,
                    ContextShare = context,
                }
            )
        );
}
