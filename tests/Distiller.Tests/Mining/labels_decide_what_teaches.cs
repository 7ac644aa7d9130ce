using Distiller.Mining.Digesting;
using Distiller.Mining.Labelling;

namespace Distiller.Tests.Mining;

[TestFixture]
internal sealed class labels_decide_what_teaches
{
    private static EpisodeDigest Task(
        string key,
        OutcomeKind log = OutcomeKind.Unknown,
        string rule = "",
        OutcomeKind says = OutcomeKind.Succeeded,
        double confidence = 0.9,
        bool direct = false
    ) =>
        Digested.Of([
            Logged.Of($"t{key}", key, log, null, new Turn(TurnRole.User, key), new Turn(TurnRole.Assistant, "x")),
        ])[0] with
        {
            Rule = rule,
            RuleOutcome = (int)(rule.Length == 0 ? OutcomeKind.Unknown : says),
            RuleConfidence = confidence,
            RuleIsDirect = direct,
        };

    [TestCase(LabelPolicy.Direct, true, true)]
    [TestCase(LabelPolicy.Direct, false, false)]
    [TestCase(LabelPolicy.Measured, true, false)]
    public void a_rule_that_nobody_measured_teaches_where_it_is_direct(LabelPolicy policy, bool direct, bool teaches)
    {
        var task = Task("a", rule: "r", direct: direct);

        var label = new TaskLabels([task], new LabelOptions { Policy = policy }).Of(task);

        (label.MayTeach, label.IsMeasured).ShouldBe((teaches, false));
    }

    [TestCase(9, 1, true)]
    [TestCase(8, 2, false)]
    [TestCase(8, 0, false)]
    public void a_rule_teaches_where_it_was_measured_to_be_right(int right, int wrong, bool teaches)
    {
        var known = Enumerable
            .Range(0, right + wrong)
            .Select(i => Task($"k{i}", i < right ? OutcomeKind.Succeeded : OutcomeKind.Failed, "r"));
        var task = Task("a", rule: "r", confidence: 0.1);

        var labels = new TaskLabels([.. known, task], new LabelOptions { Policy = LabelPolicy.Measured });

        (labels.Of(task).MayTeach, labels.Of(task).IsMeasured).ShouldBe((teaches, teaches));
    }

    [Test]
    public void direct_evidence_that_was_measured_to_be_wrong_teaches_no_more()
    {
        var known = Enumerable
            .Range(0, 12)
            .Select(i => Task($"k{i}", i < 4 ? OutcomeKind.Succeeded : OutcomeKind.Failed, "r", direct: true));
        var task = Task("a", rule: "r", direct: true);

        new TaskLabels([.. known, task]).Of(task).Kind.ShouldBe(OutcomeKind.Unknown);
        new TaskLabels([task]).Of(task).MayTeach.ShouldBeTrue("nothing was measured");
    }

    [Test]
    public void a_persons_word_stands_over_all_and_over_every_task_of_a_session()
    {
        var whole = Task("s", OutcomeKind.Failed);
        var first = Task("s#1", rule: "r", direct: true);
        var second = Task("s#2");
        var said = new[]
        {
            new PersonLabel(whole.Format, whole.Tenant, "s", OutcomeKind.Succeeded, "mia", DateTimeOffset.UnixEpoch),
            new PersonLabel(whole.Format, whole.Tenant, "s#1", OutcomeKind.Failed, "mia", DateTimeOffset.UnixEpoch),
        }.ToDictionary(l => l.Task);

        var labels = new TaskLabels([whole, first, second], null, said);

        new[] { whole, first, second }
            .Select(t => labels.Of(t))
            .Select(l => (l.Kind, l.Source, l.MayTeach))
            .ShouldBe([
                (OutcomeKind.Succeeded, "person", true),
                (OutcomeKind.Failed, "person", false),
                (OutcomeKind.Succeeded, "person", true),
            ]);
    }
}
