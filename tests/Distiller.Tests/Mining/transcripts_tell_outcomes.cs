using Distiller.Mining.Outcomes;

namespace Distiller.Tests.Mining;

[TestFixture]
internal sealed class transcripts_tell_outcomes
{
    private static readonly OutcomeJudge Judge = new(OutcomeRules.Default);
    private int _calls;

    private static Turn Asks(string text) => new(TurnRole.User, text);

    private static Turn Says(string text) => new(TurnRole.Assistant, text);

    private IEnumerable<Turn> Call(string tool, string arguments, string result, bool isError = false)
    {
        var id = $"c{_calls++}";
        yield return new Turn(TurnRole.Assistant, "") { ToolCalls = [new ToolCall(id, tool, arguments)] };
        yield return new Turn(TurnRole.Tool, result) { ToolCallId = id, IsError = isError };
    }

    private IEnumerable<Turn> Edit() => Call("Edit", """{"file_path":"a.go"}""", "edited");

    private IEnumerable<Turn> Run(string command, string result, bool isError = false) =>
        Call("Bash", System.Text.Json.JsonSerializer.Serialize(new { command }), result, isError);

    private static JudgedTask Told(IEnumerable<Turn> turns, bool hasNext = false) =>
        Judge.Judge(Logged.Of("t", "k", OutcomeKind.Unknown, null, [.. turns]), hasNext);

    private static (OutcomeKind, string) Verdict(IEnumerable<Turn> turns, bool hasNext = false) =>
        (Told(turns, hasNext).Task.Outcome.Kind, Told(turns, hasNext).Task.Outcome.Judge);

    [TestCase("go test ./...", "ok  shop/cart 0.3s")]
    [TestCase("cd src && CGO_ENABLED=0 go test ./... 2>&1 | tail -5", "ok  shop/cart 0.3s")]
    [TestCase("mise run test:ci", "PASS")]
    [TestCase("uv run pytest -q", "12 passed in 0.4s")]
    [TestCase("npm test", "Tests: 9 passed, 9 total")]
    [TestCase("dotnet test --filter cart", "Passed! - Failed: 0, Passed: 3")]
    public void tests_that_pass_after_the_last_edit_are_direct_evidence(string command, string output)
    {
        var task = Told([Asks("mend the cart"), .. Edit(), .. Run(command, output), Says("Mended.")]);

        (task.Task.Outcome.Kind, task.Task.Outcome.Judge).ShouldBe((OutcomeKind.Succeeded, "tests-pass"));
        task.Task.Outcome.Confidence.ShouldBe(0.9);
        task.Evidence[0].Direct.ShouldBeTrue();
    }

    [TestCase("--- FAIL: TestCart (0.0s)", false)]
    [TestCase("2 failed, 10 passed", false)]
    [TestCase("ok", true)]
    public void tests_that_fail_at_the_end_say_that_it_failed(string output, bool isError)
    {
        Verdict([Asks("mend the cart"), .. Edit(), .. Run("go test ./...", output, isError), Says("Hm.")])
            .ShouldBe((OutcomeKind.Failed, "tests-fail"));
    }

    [Test]
    public void tests_before_the_last_edit_say_nothing()
    {
        Verdict([Asks("mend the cart"), .. Edit(), .. Run("go test ./...", "ok"), .. Edit(), Says("Mended.")])
            .Item1.ShouldBe(OutcomeKind.Unknown);
    }

    [Test]
    public void a_command_that_only_names_tests_is_none()
    {
        Verdict([Asks("mend the cart"), .. Edit(), .. Run("grep -rn 'go test' .", "ci.yml: go test"), Says("Mended.")])
            .Item1.ShouldBe(OutcomeKind.Unknown);
    }

    [Test]
    public void the_check_that_the_request_names_counts()
    {
        Verdict([Asks("fix lint"), .. Edit(), .. Run("golangci-lint run", "0 issues."), Says("Clean.")])
            .ShouldBe((OutcomeKind.Succeeded, "named-check-passes"));
    }

    [Test]
    public void thanks_at_the_end_approves_and_thanks_on_the_way_does_not()
    {
        Verdict([Asks("what does it do"), Says("It sorts."), Asks("thanks!")])
            .ShouldBe((OutcomeKind.Succeeded, "user-thanks"));
        Verdict([Asks("mend it"), .. Edit(), Says("Mended."), Asks("great, now the same for the other"), .. Edit()])
            .Item1.ShouldBe(OutcomeKind.Unknown);
    }

    [Test]
    public void the_user_who_ships_it_approves()
    {
        Verdict([
                Asks("mend the cart"),
                .. Edit(),
                Says("Mended."),
                Asks("commit and push"),
                .. Run("git commit -am mended", "[main 1] mended"),
                Says("Pushed."),
            ])
            .ShouldBe((OutcomeKind.Succeeded, "user-ships"));
    }

    [Test]
    public void an_interruption_at_the_end_is_a_failure_and_a_log_that_ends_is_unknown()
    {
        var notice = new Turn(TurnRole.User, "[Request interrupted by user]") { Origin = TurnOrigin.Harness };
        Verdict([Asks("mend it"), .. Edit(), notice]).ShouldBe((OutcomeKind.Failed, "interrupted"));
        Verdict([Asks("mend it")]).Item1.ShouldBe(OutcomeKind.Unknown);
    }

    [Test]
    public void moving_on_is_weak_evidence()
    {
        var task = Told([Asks("what does it do"), Says("It sorts.")], hasNext: true);
        (task.Task.Outcome.Judge, task.Evidence[0].Direct).ShouldBe(("user-moves-on", false));
        task.Task.Outcome.Confidence.ShouldBe(0.6);
    }

    [Test]
    public void the_logs_own_verdict_stands_and_the_rules_are_kept_beside_it()
    {
        var failed = Logged.Of(
            "t",
            "k",
            OutcomeKind.Failed,
            null,
            [Asks("mend it"), .. Edit(), .. Run("go test ./...", "ok"), Says("Mended.")]
        );

        var task = Judge.Judge(failed, hasNext: false);

        task.Task.Outcome.Kind.ShouldBe(OutcomeKind.Failed);
        task.Evidence.Select(e => e.Source).ShouldBe([Evidence.Log, "tests-pass"]);
    }

    [Test]
    public void rules_of_ones_own_add_to_the_shipped_ones_and_replace_by_id()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(
            folder["rules.yaml"],
            """
            commands:
              tests: ['ops/try\.sh\b']
            rules:
              - id: tests-pass
                says: succeeded
                confidence: 0.5
                all: [testsPassed]
            """
        );
        var rules = OutcomeRules.Load(folder["rules.yaml"]);

        rules.KindsOf("ops/try.sh --all").ShouldBe([CommandKind.Tests]);
        rules.Rules.Single(r => r.Id == "tests-pass").Confidence.ShouldBe(0.5);
        rules.Rules.Count.ShouldBe(OutcomeRules.Default.Rules.Count);
        rules.Hash.ShouldNotBe(OutcomeRules.Default.Hash);
    }

    [TestCase("rules:\n  - id: x\n    says: perhaps\n", 3)]
    [TestCase("rules:\n  - id: x\n    says: succeeded\n    confidence: 2\n    all: [edits]\n", 0)]
    [TestCase("rules:\n  - id: x\n    says: succeeded\n    confidence: 0.5\n    all: [moonlight]\n", 5)]
    [TestCase("phrases:\n  thanks:\n    patterns: ['(']\n", 0)]
    [TestCase("nonsense: 1\n", 1)]
    public void a_rule_that_is_none_is_refused_with_its_place(string yaml, long line)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["rules.yaml"], yaml);

        var error = Should.Throw<BadInputException>(() => OutcomeRules.Load(folder["rules.yaml"]));
        error.Place.File.ShouldBe(folder["rules.yaml"]);
        error.Place.Line.ShouldBe(line);
        Should.Throw<BadInputException>(() => OutcomeRules.Load(folder["none.yaml"]));
    }
}
