using Distiller.Evaluation;

namespace Distiller.Tests.Evaluating;

/// <summary>What is published without a trial must be shown to have lowered the held-out loss, on enough tasks to say so.</summary>
internal sealed class a_night_without_a_trial_has_a_gate
{
    [Test]
    public void a_loss_that_falls_on_enough_tasks_opens_it()
    {
        var gate = Summary(Rows(tasks: 8, change: -0.5)).Gate;

        gate.IsOpen.ShouldBeTrue(string.Join(' ', gate.Reasons));
        gate.Reasons.ShouldBeEmpty();
    }

    [TestCase(0.0)]
    [TestCase(0.5)]
    public void a_loss_that_is_not_shown_to_fall_closes_it(double change)
    {
        var gate = Summary(Rows(tasks: 8, change)).Gate;

        gate.IsOpen.ShouldBeFalse();
        gate.Reasons.ShouldHaveSingleItem().ShouldContain("not shown to be lower");
    }

    [Test]
    public void few_tasks_close_it_however_much_the_loss_falls()
    {
        var gate = Summary(Rows(tasks: 5, change: -0.5)).Gate;

        gate.IsOpen.ShouldBeFalse();
        gate.Reasons.ShouldHaveSingleItem().ShouldContain("5 held-out tasks; at least 6");
    }

    [Test]
    public void one_task_gives_no_interval()
    {
        var gate = Summary(Rows(tasks: 1, change: -0.5)).Gate;

        gate.IsOpen.ShouldBeFalse();
        gate.Reasons.Count.ShouldBe(2);
    }

    [Test]
    public void many_episodes_of_few_tasks_are_few_tasks()
    {
        var rows = Rows(tasks: 30, change: -0.5, taskOf: e => $"task {e % 3}");

        var summary = Summary(rows);

        summary.MeasuredEpisodes.ShouldBe(30);
        summary.MeasuredTasks.ShouldBe(3);
        summary.Gate.IsOpen.ShouldBeFalse();
    }

    /// <summary>Thirty episodes that agree within three tasks are three observations: the interval must be wider.</summary>
    [Test]
    public void the_interval_resamples_tasks()
    {
        double[] changes = [-0.9, -0.1, 0.2];
        var byTask = Width(Rows(30, e => changes[e % 3], e => $"task {e % 3}"));
        var byEpisode = Width(Rows(30, e => changes[e % 3], e => null));

        byTask.ShouldBeGreaterThan(2 * byEpisode);

        static double Width(IReadOnlyList<EvaluationRow> rows)
        {
            var interval = Summary(rows).LossComparisons.AdapterInt4VersusBase.Difference.Interval!.Value;
            return interval.High - interval.Low;
        }
    }

    private static EvaluationSummary Summary(IReadOnlyList<EvaluationRow> rows)
    {
        var tokens = rows.Select(r => r.EpisodeId)
            .Distinct()
            .Select(e => new TokenRow
            {
                EpisodeId = e,
                Step = 0,
                PromptBefore = 100,
                PromptAfter = 10,
                Completion = 5,
            });
        return EvaluationSummary.Of(new PlausibleEvaluation().Measurement(rows), [.. tokens], "0.1.0");
    }

    private static IReadOnlyList<EvaluationRow> Rows(int tasks, double change, Func<int, string?>? taskOf = null) =>
        Rows(tasks, e => change + (0.02 * (e % 5 - 2)), taskOf ?? (e => $"task {e}"));

    /// <param name="change">Of the loss per token, by episode.</param>
    private static IReadOnlyList<EvaluationRow> Rows(
        int episodes,
        Func<int, double> change,
        Func<int, string?> taskOf
    ) =>
        [
            .. from e in Enumerable.Range(0, episodes)
            from arm in Arm.All
            select new EvaluationRow
            {
                EpisodeId = $"{e:x64}",
                TaskId = taskOf(e),
                Window = 0,
                Step = 0,
                Arm = arm,
                Tokens = 50,
                Nats = 50 * (2 + (arm == Arm.Base ? 0 : change(e))),
                Verdict = nameof(CallVerdict.NotMeasured),
                Logged = "",
                Generated = "",
            },
        ];
}
