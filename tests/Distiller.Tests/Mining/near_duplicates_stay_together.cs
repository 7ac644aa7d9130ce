using Distiller.Mining.Deduplicating;
using Distiller.Mining.Splitting;

namespace Distiller.Tests.Mining;

[TestFixture]
internal sealed class near_duplicates_stay_together
{
    private const string Story =
        "my flight to the coast was cancelled last night and nobody at the desk could tell me what happens to my bags or "
        + "whether the hotel is paid, so I want the whole trip moved to the first morning plane after the storm has passed";

    private const string Other =
        "the printer in the second office prints every page twice since we moved the queue to the new server, can somebody "
        + "look at the driver and put the old one back before the accountants come in on the last day of the month";

    [Test]
    public void the_same_attempt_logged_twice_is_kept_once()
    {
        var first = Logged.Episode("a", "k", OutcomeKind.Succeeded, Story, Logged.Calls("look mend"));
        var again = EpisodeJson.Identify(first with { Key = "copy", TaskId = "b", Agent = "another" });

        var found = Deduplicator.Run(Digested.Of([first, again, Logged.Episode("c", "k", OutcomeKind.Failed, Other)]));

        found.Duplicates.Count.ShouldBe(1);
        found.GroupOf["b"].ShouldBe("a");
        found.GroupOf["c"].ShouldBe("c");
    }

    [Test]
    public void tasks_that_differ_in_a_word_or_a_number_are_one_group()
    {
        var a = Logged.Episode("a", "k1", OutcomeKind.Succeeded, Story + " 41", Logged.Calls("look mend"));
        var b = Logged.Episode(
            "b",
            "k2",
            OutcomeKind.Failed,
            Story.Replace("coast", "island", StringComparison.Ordinal) + " 97",
            Logged.Calls("look mend")
        );
        var c = Logged.Episode("c", "k3", OutcomeKind.Failed, Other, Logged.Calls("look mend"));

        var found = Deduplicator.Run(Digested.Of([c, b, a]));

        found.GroupOf.ShouldBe(
            new Dictionary<string, string>
            {
                ["a"] = "a",
                ["b"] = "a",
                ["c"] = "c",
            },
            ignoreOrder: true
        );
        found.Groups.ShouldBe(2);
        found.Duplicates.ShouldBeEmpty();
    }

    [Test]
    public void tasks_that_open_with_the_same_words_are_one_group_whatever_follows()
    {
        var a = Logged.Of(
            "a",
            "k1",
            OutcomeKind.Succeeded,
            null,
            new Turn(TurnRole.User, Story),
            new Turn(TurnRole.User, Other)
        );
        var b = Logged.Of(
            "b",
            "k2",
            OutcomeKind.Failed,
            null,
            new Turn(TurnRole.User, Story),
            new Turn(TurnRole.Assistant, "No.")
        );

        Deduplicator.Run(Digested.Of([a, b])).Groups.ShouldBe(1);
    }

    [Test]
    public void tasks_on_the_same_records_are_one_group_and_common_calls_do_not_count()
    {
        var records = new[]
        {
            ("user", "{\"id\":7}"),
            ("order", "{\"id\":71}"),
            ("order", "{\"id\":72}"),
            ("order", "{\"id\":73}"),
        };
        var common = Logged.Calls("ls status log diff");
        var episodes = Enumerable
            .Range(0, 20)
            .Select(i => Logged.Episode($"common{i:00}", $"c{i}", OutcomeKind.Succeeded, $"{(char)('a' + i)}", common))
            .Append(Logged.Episode("x", "x", OutcomeKind.Succeeded, Story, records))
            .Append(Logged.Episode("y", "y", OutcomeKind.Succeeded, Other, [.. records, ("refund", "{}")]));

        var found = Deduplicator.Run(Digested.Of(episodes));

        found.GroupOf["y"].ShouldBe("x");
        found.Groups.ShouldBe(21);
    }

    [Test]
    public void a_group_is_never_divided_by_the_split()
    {
        var episodes = new List<Episode>();
        for (var family = 0; family < 30; family++)
        {
            var words = string.Join(
                ' ',
                Enumerable
                    .Range(0, 40)
                    .Select(w =>
                        $"w{(char)('a' + (w % 26))}{(char)('a' + family % 26)}{(char)('a' + family / 26)}{(char)('a' + (w / 26))}"
                    )
            );
            episodes.AddRange(
                Enumerable
                    .Range(0, 4)
                    .Select(i =>
                        Logged.Episode(
                            $"f{family}-{i}",
                            $"k{family}-{i}",
                            OutcomeKind.Succeeded,
                            $"{words} {i}",
                            Logged.Calls("look mend")
                        )
                    )
            );
        }

        var found = Deduplicator.Run(Digested.Of(episodes));
        found.Groups.ShouldBe(30);
        for (var seed = 0; seed < 5; seed++)
        {
            var split = Splitter.Run(
                Digested.Of(episodes),
                found.GroupOf,
                new SplitOptions { Seed = seed, HoldoutShare = 0.4 }
            );

            split.Count(Split.Holdout).ShouldBeInRange(4, 116);
            foreach (var group in found.GroupOf.GroupBy(g => g.Value))
            {
                group.Select(g => split.Tasks[g.Key]).Distinct().Count().ShouldBe(1);
            }
        }
    }

    [Test]
    public void the_estimate_of_similarity_agrees_with_the_sets()
    {
        var random = new Random(3);
        for (var round = 0; round < 20; round++)
        {
            var a = Enumerable.Range(0, 200).Select(_ => random.NextInt64()).ToHashSet();
            var b = a.Take(random.Next(200))
                .Concat(Enumerable.Range(0, 60).Select(_ => random.NextInt64()))
                .ToHashSet();
            var exact = (double)a.Intersect(b).Count() / a.Union(b).Count();

            // Four standard errors of 128 components.
            MinHash.Similarity(MinHash.Sign(a), MinHash.Sign(b)).ShouldBe(exact, 4 * 0.0442);
        }
    }
}
