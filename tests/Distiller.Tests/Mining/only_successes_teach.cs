using Distiller.Mining;
using Distiller.Mining.Examples;
using Distiller.Mining.Labelling;
using Distiller.Mining.Patterns;
using Distiller.Tests.Examples;

namespace Distiller.Tests.Mining;

[TestFixture]
internal sealed class only_successes_teach
{
    [TestCase(OutcomeKind.Succeeded, true, "log")]
    [TestCase(OutcomeKind.Failed, false, "log")]
    [TestCase(OutcomeKind.Unknown, false, "")]
    public void the_label_says_who_says_it(OutcomeKind outcome, bool teaches, string source)
    {
        var label = Label(Logged.Episode("t", "k", outcome, "hello", ("look", "{}")));

        (label.Kind, label.MayTeach, label.Source).ShouldBe((outcome, teaches, source));
    }

    [Test]
    public void a_success_without_a_word_of_the_assistant_teaches_nothing()
    {
        var label = Label(Logged.Of("t", "k", OutcomeKind.Succeeded, null, new Turn(TurnRole.User, "hello")));

        (label.Kind, label.MayTeach).ShouldBe((OutcomeKind.Succeeded, false));
    }

    private static TaskLabel Label(Episode episode) => new TaskLabels([]).Of(Digested.Of([episode])[0]);

    [TestCase(OutcomeKind.Failed)]
    [TestCase(OutcomeKind.Unknown)]
    public void a_failed_episode_never_becomes_a_pattern(OutcomeKind outcome)
    {
        var good = Enumerable
            .Range(0, 6)
            .Select(i =>
                Logged.Episode($"good{i}", $"g{i}", OutcomeKind.Succeeded, "fix it", Logged.Calls("look mend close"))
            );
        var bad = Enumerable
            .Range(0, 50)
            .Select(i => Logged.Episode($"bad{i}", $"b{i}", outcome, "fix it", Logged.Calls("look break hide close")))
            .ToList();

        var patterns = new PatternMiner(Logged.CountTokens).Mine([.. good, .. bad]).Patterns;

        patterns.ShouldHaveSingleItem().Steps.Select(s => s.Tool).ShouldBe(["look", "mend", "close"]);
        patterns[0].Episodes.ShouldNotContain(id => bad.Any(b => b.Id == id));
        new PatternMiner(Logged.CountTokens).Mine(bad).Patterns.ShouldBeEmpty();
    }

    [TestCase(OutcomeKind.Failed)]
    [TestCase(OutcomeKind.Unknown)]
    public void a_failed_episode_never_becomes_a_training_example(OutcomeKind outcome)
    {
        var good = Logged.Episode("a", "g", OutcomeKind.Succeeded, "fix it", Logged.Calls("look mend"));
        var bad = Logged.Episode("a", "b", outcome, "fix it", Logged.Calls("look break"));

        var set = new ExampleBuilder(new WordTokenizer().Chat).Build([bad, good]);

        set.Examples.ShouldNotBeEmpty();
        set.Examples.ShouldAllBe(e => e.EpisodeId == good.Id);
        new ExampleBuilder(new WordTokenizer().Chat).Build([bad]).Examples.ShouldBeEmpty();
    }

    [Test]
    public void nothing_of_a_holdout_task_is_learned()
    {
        var episodes = Enumerable
            .Range(0, 60)
            .Select(i =>
                Logged.Episode(
                    $"task{i}",
                    $"k{i}",
                    i % 3 == 0 ? OutcomeKind.Failed : OutcomeKind.Succeeded,
                    $"please mend engine {(char)('a' + (i % 26))} quickly",
                    ("look", $$"""{"part": "p{{i}}"}"""),
                    ("mend", $$"""{"part": "p{{i}}"}""")
                )
            )
            .ToList();

        var result = new Miner(Logged.CountTokens, new WordTokenizer().Chat).Run(episodes);

        var held = episodes.Where(e => result.Split.Of(e.TaskId) == Split.Holdout).Select(e => e.Id).ToHashSet();
        held.Count.ShouldBeInRange(1, 59);
        result.Patterns.SelectMany(p => p.Episodes).ShouldAllBe(id => !held.Contains(id));
        result.Train.Examples.ShouldAllBe(e => !held.Contains(e.EpisodeId));
        result.Holdout.Examples.ShouldAllBe(e => held.Contains(e.EpisodeId));
        result.Holdout.Examples.ShouldNotBeEmpty();
        var report = result.Report;
        (report.Succeeded, report.Failed, report.Unknown, report.Duplicates).ShouldBe((40, 20, 0, 0));
        (report.TrainTasks + report.HoldoutTasks).ShouldBe(60);
    }

    [Test]
    public void the_order_of_the_input_does_not_matter()
    {
        var random = new Random(7);
        var episodes = Enumerable
            .Range(0, 40)
            .Select(i =>
                Logged.Episode(
                    $"task{i % 13}",
                    $"k{i}",
                    (OutcomeKind)(i % 3),
                    $"mend the {(i % 2 == 0 ? "engine" : "rudder")} now",
                    Logged.Calls(string.Join(' ', Enumerable.Range(0, 6).Select(_ => "abcd"[random.Next(4)])))
                )
            )
            .ToList();

        Fingerprint(episodes).ShouldBe(Fingerprint([.. episodes.OrderByDescending(e => e.Key)]));
    }

    private static string Fingerprint(List<Episode> episodes)
    {
        var words = new WordTokenizer();
        foreach (var episode in episodes.OrderBy(e => e.Id))
        {
            _ = words.Chat(Conversation.ToMessages(null, episode.Turns)); // Fixes the numbers of the words.
        }

        var result = new Miner(
            Logged.CountTokens,
            words.Chat,
            new MiningOptions { Examples = new ExampleOptions { TrainTokensMax = 200 } }
        ).Run(episodes);
        return System.Text.Json.JsonSerializer.Serialize(
            (result.Split, result.Patterns, result.Train, result.Holdout, result.Report),
            new System.Text.Json.JsonSerializerOptions { IncludeFields = true }
        );
    }
}
