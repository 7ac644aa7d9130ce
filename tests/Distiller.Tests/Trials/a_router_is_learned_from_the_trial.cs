using System.Globalization;
using Distiller.Evaluation;
using Distiller.Evaluation.Routing;

namespace Distiller.Tests.Trials;

public sealed class a_router_is_learned_from_the_trial
{
    private const string KnownCall = """<tool_call>{"name": "restart", "arguments": {"host": "a"}}</tool_call>""";

    private static readonly Pattern Procedure = new()
    {
        Id = "p",
        Intent = "",
        Steps = [new ToolStep("restart", [new ToolArgument("host", null)])],
        Support = 9,
        Tasks = 9,
        SuccessWith = 1,
        SuccessWithout = 0,
        Lift = new Interval(0, 1),
        TokensInPrompt = 1,
        OutputTokensWith = 1,
        OutputTokensWithout = 1,
        Episodes = [],
    };

    [Test]
    public void where_doubt_goes_with_failure_it_tells_them_apart()
    {
        var trial = Trial(tasks: 200, doubtTells: true);
        var trained = Train(trial);
        var router = trained.Verdict.Router.ShouldNotBeNull(trained.Verdict.Verdict);

        router.Fit.Tasks.ShouldBe(200);
        router.Fit.Gain.Low.ShouldBeGreaterThan(0);
        router.Fit.Brier.ShouldBeLessThan(router.Fit.BrierConstant);
        router.KnownCalls.ShouldBe(["restart(host)"]);
        router.Reliability.Sum(b => b.Answers).ShouldBe(router.Fit.Answers);
        router.Reliability[^1].Right.ShouldBeGreaterThan(router.Reliability[0].Right);
        // What it says is what comes true, within what 40 answers a bin can show.
        router.Reliability.ShouldAllBe(b => Math.Abs(b.Predicted - b.Right) < 0.25);
        router.Score(Facts(sure: true)).ShouldBeGreaterThan(router.Score(Facts(sure: false)) + 0.3);
    }

    [Test]
    public void a_stated_error_rate_holds_on_tasks_that_were_not_learned_from()
    {
        var trial = Trial(tasks: 200, doubtTells: true);
        var trained = Train(trial);
        var solved = trial.Rows.ToDictionary(r => r.TaskId, r => r.Solved, StringComparer.Ordinal);
        foreach (var stated in trained.Verdict.Router!.Thresholds.Where(t => t.Threshold is not null))
        {
            var kept = trained.OutOfFold.Where(t => t.Value >= stated.Threshold).Select(t => solved[t.Key]).ToList();
            (kept.Count(k => !k) / (double)kept.Count).ShouldBeLessThanOrEqualTo(stated.ErrorRate);
            (1 - (kept.Count / 200.0)).ShouldBe(stated.Escalated, 1e-6);
        }

        var shares = trained.Verdict.Router.Thresholds.Select(t => t.Escalated).ToList();
        shares.SequenceEqual(shares.OrderDescending()).ShouldBeTrue("who allows more errors passes on less");
        trained.Verdict.Router.ThresholdFor(0.07).ShouldBe(trained.Verdict.Router.ThresholdFor(0.05));
        trained.Verdict.Router.ThresholdFor(0.001).ShouldBeNull();
    }

    [Test]
    public void the_same_rows_give_the_same_router() =>
        CanonicalJson
            .Text(Train(Trial(120, doubtTells: true)).Verdict)
            .ShouldBe(CanonicalJson.Text(Train(Trial(120, doubtTells: true)).Verdict));

    [Test]
    public void where_doubt_tells_nothing_it_is_left_out()
    {
        var verdict = Train(Trial(200, doubtTells: false)).Verdict;

        verdict.Router.ShouldBeNull();
        verdict.Verdict.ShouldContain("not shown to beat a constant");
    }

    [Test]
    public void too_few_failures_are_said()
    {
        var trial = Trial(200, doubtTells: true);
        var mostly = trial.Rows.Select((r, i) => r with { Solved = i > 3, Reason = i > 3 ? "" : "Wrong" }).ToList();

        var verdict = RouterTraining.Train(mostly, trial.Requests, trial.Confidence, []).Verdict;

        verdict.Router.ShouldBeNull();
        verdict.Verdict.ShouldContain("of 200 tasks 196 were solved");
    }

    [Test]
    public void rows_of_before_are_read_and_teach_nothing()
    {
        var trial = Trial(50, doubtTells: true);

        RouterTraining
            .Train(trial.Rows, trial.Requests, [], [])
            .Verdict.Verdict.ShouldContain("does not tell how sure");
    }

    private static TrainedRouter Train(Rowed trial) =>
        RouterTraining.Train(trial.Rows, trial.Requests, trial.Confidence, [Procedure]);

    private static AnswerFacts Facts(bool sure) =>
        new(
            sure ? new AnswerConfidence(0.05, 0.2, 0.95, 0.8) : new AnswerConfidence(1.6, 3, 0.3, 0.01),
            80,
            20,
            false,
            KnownCall
        );

    private static Rowed Trial(int tasks, bool doubtTells)
    {
        var random = new SplitMix64(3, "trial");
        var worked = new Worked();
        var confidence = new List<ConfidenceRow>();
        var answers = new List<string>();
        for (var i = 0; i < tasks; i++)
        {
            var isSolved = random.NextDouble() < 0.7;
            var isDoubtful = doubtTells
                ? (random.NextDouble() < 0.8 ? !isSolved : isSolved)
                : random.NextDouble() < 0.3;
            worked.Add(TrialArm.AdapterInt4, i, isSolved, (0, 80, 20), (80, 20, 12));
            for (var request = 0; request < 2; request++)
            {
                var doubt = (isDoubtful ? 1.0 : 0.1) + (0.3 * random.NextDouble());
                confidence.Add(
                    new ConfidenceRow(
                        TrialArm.AdapterInt4,
                        string.Create(CultureInfo.InvariantCulture, $"T{i:0000}"),
                        request,
                        doubt,
                        2 * doubt,
                        1 - (doubt / 2),
                        1 - (doubt / 1.4)
                    )
                );
                answers.Add(request == 0 ? KnownCall : "done");
            }
        }

        return new Rowed(
            worked.Rows,
            [.. worked.Requests.Select((r, i) => r with { Answer = answers[i] })],
            confidence
        );
    }

    private sealed record Rowed(
        IReadOnlyList<TrialRow> Rows,
        IReadOnlyList<RequestRow> Requests,
        IReadOnlyList<ConfidenceRow> Confidence
    );
}
