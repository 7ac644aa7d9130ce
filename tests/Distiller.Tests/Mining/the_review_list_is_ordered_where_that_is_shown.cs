using Distiller.Mining.Labelling;
using Distiller.Mining.Outcomes;
using Distiller.Mining.Reviewing;

namespace Distiller.Tests.Mining;

internal sealed class the_review_list_is_ordered_where_that_is_shown
{
    private const int Known = 60;

    [Test]
    public void by_what_probably_worked_where_a_model_knows_more_than_the_share()
    {
        // Of ten long ones one works, of ten short ones nine.
        var known = Enumerable.Range(0, Known).Select(i => Task(i, i % 2 == 0, IsWorking(i)));
        var list = ReviewList.Of([.. known, .. Open()]);

        var order = list.Orders.ShouldHaveSingleItem();
        order.IsByProbability.ShouldBeTrue();
        order.LogLoss!.Value.ShouldBeLessThan(order.ConstantLogLoss!.Value);
        list.Tasks.Count.ShouldBe(4);
        list.Tasks.Select(t => t.ProbablyWorked!.Value).ShouldBeInOrder(SortDirection.Descending);
        list.Tasks.Take(2).ShouldAllBe(t => t.Task.Turns == 2, "the short ones");

        static bool IsWorking(int i) => i % 2 == 0 ? i % 20 == 0 : i % 20 != 1;
    }

    [Test]
    public void by_time_where_it_does_not_or_too_little_is_known()
    {
        // Whether it worked has nothing to do with how it looks.
        var known = Enumerable.Range(0, Known).Select(i => Task(i, i % 2 == 0, i / 2 % 2 == 0));
        foreach (var (tasks, isTried) in new[] { (known, true), (known.Take(10), false) })
        {
            var list = ReviewList.Of([.. tasks, .. Open()]);
            var order = list.Orders.ShouldHaveSingleItem();
            (order.IsByProbability, order.LogLoss is not null).ShouldBe((false, isTried));
            list.Tasks.ShouldAllBe(t => t.ProbablyWorked == null);
            list.Tasks.Select(t => t.Task.Key).ShouldBe(["open-3", "open-2", "open-1", "open-0"], "the newest first");
        }
    }

    [Test]
    public void attempts_at_one_task_do_not_predict_each_other()
    {
        // One attempt in two of each task: from the other one, which is told by its length alone, it would be known.
        var known = Enumerable
            .Range(0, Known)
            .Select(i => Task(i, false, i / 12 % 2 == 0, group: $"g{i / 12}", turns: 2 + (i / 12)));
        ReviewList.Of([.. known, .. Open()]).Orders.Single().IsByProbability.ShouldBeFalse("five tasks show nothing");
    }

    private static IEnumerable<ReviewCandidate> Open() =>
        Enumerable.Range(0, 4).Select(i => Task(i, i % 2 == 0, null, key: $"open-{i}"));

    private static ReviewCandidate Task(
        int number,
        bool isLong,
        bool? worked,
        string? group = null,
        string? key = null,
        int? turns = null
    )
    {
        var episode = Logged.Of(
            group ?? $"task-{number}",
            key ?? $"key-{number}",
            worked is { } known ? (known ? OutcomeKind.Succeeded : OutcomeKind.Failed) : OutcomeKind.Unknown,
            DateTimeOffset.UnixEpoch.AddDays(number),
            [
                .. Enumerable
                    .Range(0, turns ?? (isLong ? 20 : 2))
                    .Select(t => new Turn(t % 2 == 0 ? TurnRole.User : TurnRole.Assistant, $"turn {t} of {number}")),
            ]
        );
        return ReviewCandidate.Of(episode, new TaskOutcomes(OutcomeRules.Default, persons: null)).Single();
    }
}
