using Distiller.Mining.Splitting;

namespace Distiller.Tests.Mining;

[TestFixture]
internal sealed class tasks_are_split_before_mining
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 8, 0, 0, TimeSpan.Zero);

    private static List<Episode> Tasks(int count, Func<int, DateTimeOffset?>? time = null) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => Logged.Episode($"task{i}", $"k{i}", OutcomeKind.Succeeded, "hello", time?.Invoke(i))),
        ];

    private static SplitAssignment Run(List<Episode> episodes, SplitOptions options) =>
        Splitter.Run(
            Digested.Of(episodes),
            episodes.Select(e => e.TaskId).Distinct().ToDictionary(t => t, t => t),
            options
        );

    [Test]
    public void about_the_asked_share_is_held_out()
    {
        var split = Run(Tasks(2000), new SplitOptions { HoldoutShare = 0.2 });

        // Four standard deviations of a binomial with n = 2000, p = 0.2.
        split.Count(Split.Holdout).ShouldBeInRange(400 - 72, 400 + 72);
    }

    [Test]
    public void a_task_keeps_its_side_when_others_come()
    {
        var few = Run(Tasks(100), new SplitOptions());
        var many = Run(Tasks(1000), new SplitOptions());

        few.Tasks.ShouldAllBe(t => many.Tasks[t.Key] == t.Value);
    }

    [Test]
    public void another_seed_draws_another_split() =>
        Run(Tasks(200), new SplitOptions { Seed = 1 })
            .Tasks.ShouldNotBe(Run(Tasks(200), new SplitOptions { Seed = 2 }).Tasks);

    [Test]
    public void both_sides_have_a_task_wherever_there_are_two()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var low = Run(Tasks(2), new SplitOptions { Seed = seed, HoldoutShare = 0.05 });
            var high = Run(Tasks(3), new SplitOptions { Seed = seed, HoldoutShare = 0.5 });

            low.Count(Split.Holdout).ShouldBe(1);
            high.Count(Split.Train).ShouldBeInRange(1, 2);
        }

        Run(Tasks(1), new SplitOptions { HoldoutShare = 0.5 }).Count(Split.Train).ShouldBe(1);
        Run([], new SplitOptions { Method = SplitMethod.Time }).Tasks.ShouldBeEmpty();
    }

    [Test]
    public void by_time_no_training_episode_is_later_than_the_newest_held_out()
    {
        var random = new Random(5);
        var episodes = Tasks(50, _ => Start.AddHours(random.Next(24 * 9)));
        episodes.AddRange(
            Tasks(50, _ => Start.AddHours(random.Next(24 * 9)))
                .Select(e => EpisodeJson.Identify(e with { Key = e.Key + "b" }))
        );

        var split = Run(episodes, new SplitOptions { Method = SplitMethod.Time });

        split.Method.ShouldBe(SplitMethod.Time);
        split.Count(Split.Holdout).ShouldBe(10);
        var newestLearned = episodes.Where(e => split.Of(e.TaskId) == Split.Train).Max(e => e.StartedAt);
        foreach (var task in split.Tasks.Where(t => t.Value == Split.Holdout))
        {
            episodes
                .Where(e => e.TaskId == task.Key)
                .Max(e => e.StartedAt)!
                .Value.ShouldBeGreaterThanOrEqualTo(newestLearned!.Value);
        }
    }

    [Test]
    public void within_a_day_or_without_times_the_split_is_by_hash()
    {
        var within = Run(Tasks(50, i => Start.AddMinutes(i)), new SplitOptions { Method = SplitMethod.Time });
        var without = Run(Tasks(50), new SplitOptions { Method = SplitMethod.Time });

        within.Method.ShouldBe(SplitMethod.Hash);
        without.Method.ShouldBe(SplitMethod.Hash);
        within.Tasks.ShouldBe(without.Tasks);
    }

    [TestCase(0.04)]
    [TestCase(0.51)]
    [TestCase(double.NaN)]
    public void a_share_outside_its_range_is_refused(double share) =>
        Should.Throw<BadInputException>(() => Run(Tasks(3), new SplitOptions { HoldoutShare = share }));
}
