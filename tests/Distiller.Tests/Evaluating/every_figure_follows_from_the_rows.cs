using System.Text.Json;
using Distiller.Evaluation;

namespace Distiller.Tests.Evaluating;

public sealed class every_figure_follows_from_the_rows
{
    private const string Call = "<tool_call>{\"name\":\"find\",\"arguments\":{\"id\":1}}</tool_call>";
    private const string SameTool = "<tool_call>{\"name\":\"find\",\"arguments\":{\"id\":2}}</tool_call>";

    [Test]
    public void means_are_over_tokens_and_differences_are_paired()
    {
        var figures = Figures(
            [
                // 10 tokens at 2 nats, then 30 at 1: 50 nats over 40 tokens, and not the mean of 2 and 1.
                .. Step("a", 0, 10, (20, 10, 15)),
                .. Step("b", 0, 30, (30, 30, 30)),
            ],
            Tokens()
        );

        figures.HoldoutLoss.ShouldBe(new ArmFigures<double>(1.25, 1, 1.125));
        figures.LossComparisons.AdapterInt4VersusBase.Difference.Value.ShouldBe(-5.0 / 40, 1e-15);
        figures.LossComparisons.AdapterInt4VersusBase.RelativeChange.Value.ShouldBe(-0.1, 1e-15);
        figures.LossComparisons.AdapterInt4VersusF16.RelativeChange.Value.ShouldBe(0.125, 1e-15);
        // Whole episodes are drawn: a alone gives -0.5 a token, b alone nothing.
        figures.LossComparisons.AdapterInt4VersusBase.Difference.Interval!.Value.Low.ShouldBeGreaterThanOrEqualTo(-0.5);
        figures.LossComparisons.AdapterInt4VersusBase.Difference.Interval!.Value.High.ShouldBe(0, 1e-12);
        (figures.MeasuredEpisodes, figures.MeasuredSteps, figures.CompletionTokens).ShouldBe((2, 2, 40));
    }

    [Test]
    public void calls_are_counted_and_paired_step_by_step()
    {
        var figures = Figures(
            [
                .. Step("a", 0, 9, (9, 9, 9), ("Hello.", Call, Call)),
                .. Step("a", 1, 9, (9, 9, 9), ("<tool_call>{", SameTool, Call)),
                .. Step("b", 0, 9, (9, 9, 9), (Call, Call, SameTool)),
                .. Step("b", 1, 9, (9, 9, 9), ("<tool_call>{\"name\":\"x\",\"arguments\":{}}", "", Call)),
                // Both wrong, both right, and a step without a call: no difference in any of them.
                .. Step("b", 2, 9, (9, 9, 9), ("", "", "")),
                .. Step("b", 3, 9, (9, 9, 9), (Call, Call, Call)),
                .. Step("c", 0, 9, (9, 9, 9)),
            ],
            Tokens()
        );

        figures.CallAgreement.Base.ShouldBe(new CallAgreement(6, 2, 2, 1, 2, 1));
        figures.CallAgreement.AdapterF16.ShouldBe(new CallAgreement(6, 4, 3, 0, 2, 0));
        figures.CallAgreement.AdapterInt4.ShouldBe(new CallAgreement(6, 5, 4, 0, 1, 0));
        var pair = figures.CallComparisons!.AdapterInt4VersusBase;
        (pair.OnlyThis, pair.OnlyOther, pair.McNemarP).ShouldBe((3, 1, 0.625));
        pair.SameCallDifference.Value.ShouldBe(2 / 6.0, 1e-15);
        pair.SameNameDifference.Value.ShouldBe(0.5, 1e-15);
    }

    [Test]
    public void tokens_per_step_are_prompt_and_completion()
    {
        var t = Figures(
            [.. Step("a", 0, 1, (1, 1, 1))],
            [Token("a", 0, 100, 20, 10), Token("a", 1, 200, 40, 10), Token("b", 0, 300, 70, 10)]
        ).TokensPerStep;

        (t.Before, t.After, t.Completion, t.Steps, t.Episodes).ShouldBe((210, 160 / 3.0, 10, 3, 2));
        t.RelativeChange.Value.ShouldBe(-470.0 / 630, 1e-15);
        t.BeforeSpread.ShouldBe(new TokenSpread(110, 130, 210, 290, 310));
    }

    [Test]
    public void arms_on_different_steps_are_refused()
    {
        var rows = Step("a", 0, 5, (1, 1, 1)).Concat(Step("a", 1, 5, (1, 1, 1))).ToList();

        Refused(rows[..^1]).ShouldContain("not three arms");
        Refused([.. rows[..^1], rows[^1] with { Step = 2 }]).ShouldContain("another step");
        Refused([.. rows[..^1], rows[^1] with { Tokens = 6 }]).ShouldContain("another step");
        Refused([.. rows[..^1], rows[^1] with { Nats = double.NaN }]).ShouldContain("not finite");
        Refused([.. rows[..^1], rows[^1] with { Logged = Call, Generated = Call }]).ShouldContain("another step");

        static string Refused(IReadOnlyList<EvaluationRow> rows) =>
            Should.Throw<BadInputException>(() => Figures(rows, Tokens())).Message;
    }

    [Test]
    public void a_certificate_on_disk_is_recomputed_from_the_rows_beside_it()
    {
        using var folder = new TemporaryFolder();
        var input = new PlausibleEvaluation().Input();
        EvaluationFolder.Write(folder.Path, input.Summary, input.Rows, input.Tokens);

        EvaluationFolder.ReadRows(folder.Path).ShouldBe(input.Rows);
        EvaluationFolder.ReadTokens(folder.Path).ShouldBe(input.Tokens);
        EvaluationFolder.Verify(folder.Path).ShouldBeEmpty();
        EvaluationJson.Write(EvaluationFolder.ReadSummary(folder.Path)).ShouldBe(EvaluationJson.Write(input.Summary));
    }

    [Test]
    public void a_figure_that_was_improved_is_named()
    {
        var input = new PlausibleEvaluation().Input();
        var loss = input.Summary.HoldoutLoss;
        var improved = input.Summary with { HoldoutLoss = loss with { AdapterInt4 = loss.AdapterInt4 - 0.001 } };

        var mismatch = CertificateCheck.Compare(improved, input.Rows, input.Tokens).ShouldHaveSingleItem();

        mismatch.Figure.ShouldBe("holdoutLoss.adapterInt4");
        CertificateCheck
            .Compare(input.Summary, input.Rows, [.. input.Tokens.Skip(1)])
            .Select(m => m.Figure)
            .ShouldContain("tokensPerStep.before");
    }

    [Test]
    public void a_verdict_written_into_the_rows_counts_for_nothing()
    {
        var input = new PlausibleEvaluation().Input();
        var forged = input.Rows.Select(r => r with { Verdict = nameof(CallVerdict.Same) }).ToList();

        CertificateCheck.Compare(input.Summary, forged, input.Tokens).ShouldBeEmpty();
        var silenced = input.Rows.Select(r => r.Generated == Call ? r : r with { Generated = "" }).ToList();
        CertificateCheck.Compare(input.Summary, silenced, input.Tokens).ShouldNotBeEmpty();
    }

    [Test]
    public void the_headline_stands_where_other_programs_look_for_it()
    {
        var summary = new PlausibleEvaluation().Input().Summary;
        using var json = JsonDocument.Parse(EvaluationJson.Write(summary));
        var root = json.RootElement;

        root.GetProperty("holdoutLoss").GetProperty("base").GetDouble().ShouldBe(summary.HoldoutLoss.Base);
        root.GetProperty("holdoutLoss").GetProperty("adapterF16").GetDouble().ShouldBe(summary.HoldoutLoss.AdapterF16);
        root.GetProperty("holdoutLoss")
            .GetProperty("adapterInt4")
            .GetDouble()
            .ShouldBe(summary.HoldoutLoss.AdapterInt4);
        root.GetProperty("tokensPerStep").GetProperty("before").GetDouble().ShouldBe(summary.TokensPerStep.Before);
        root.GetProperty("tokensPerStep").GetProperty("after").GetDouble().ShouldBe(summary.TokensPerStep.After);
        root.GetProperty("cannotShow").GetArrayLength().ShouldBeGreaterThan(4);
    }

    private static IReadOnlyList<TokenRow> Tokens() => [Token("a", 0, 100, 20, 10)];

    private static TokenRow Token(string episode, int step, int before, int after, int completion) =>
        new()
        {
            EpisodeId = episode,
            Step = step,
            PromptBefore = before,
            PromptAfter = after,
            Completion = completion,
        };

    private static EvaluationSummary Figures(IReadOnlyList<EvaluationRow> rows, IReadOnlyList<TokenRow> tokens) =>
        EvaluationSummary.Of(new PlausibleEvaluation().Measurement(rows), tokens, "0.1.0");

    private static IEnumerable<EvaluationRow> Step(
        string episode,
        int step,
        int tokens,
        (double Base, double F16, double Int4) nats,
        (string Base, string F16, string Int4)? generated = null
    )
    {
        double[] arms = [nats.Base, nats.F16, nats.Int4];
        string[] texts = generated is { } g ? [g.Base, g.F16, g.Int4] : ["", "", ""];
        return Arm.All.Select(
            (arm, i) =>
                new EvaluationRow
                {
                    EpisodeId = episode,
                    Window = 0,
                    Step = step,
                    Arm = arm,
                    Tokens = tokens,
                    Nats = arms[i],
                    Verdict = "",
                    Logged = generated is null ? "" : Call,
                    Generated = texts[i],
                }
        );
    }
}
