using Distiller.Opsdesk;

namespace Distiller.Tests.Opsdesk;

public sealed class a_run_always_ends
{
    private const string Open = "<tool_call>";

    private readonly DeskBench _bench = new();

    [Test]
    public void a_ticket_is_solved_step_by_step_and_every_request_is_kept_for_billing()
    {
        var plan = _bench.Rule.Plan;
        string[] answers = [$"{_bench.Rule.Entry}\n{DeskBench.Say(plan[0])}", .. plan.Skip(1).Select(DeskBench.Say)];

        var result = _bench.Run(answers);

        (result.IsSolved, result.Reason, result.Steps).ShouldBe((true, FailureReason.None, plan.Count));
        result.Refusals.ShouldBeEmpty();
        result.Requests.Select(r => r.Answer).ShouldBe(answers);
        result.Requests.Select(r => r.Prompt.Count).ShouldBe(Enumerable.Range(0, plan.Count).Select(i => 2 + (2 * i)));
        // Each prompt goes on where the one before it stopped, so that a prefix cache stays true.
        for (var i = 1; i < plan.Count; i++)
        {
            var before = result.Requests[i - 1];
            result.Requests[i].Prompt.Take(before.Prompt.Count).ShouldBe(before.Prompt);
            result.Requests[i].Prompt[before.Prompt.Count].ShouldBe(new ChatMessage("assistant", before.Answer));
        }

        result.Requests[^1].Prompt[^1].Role.ShouldBe("user");
        result.Requests[^1].Prompt[^1].Content.ShouldStartWith("<tool_response>\n");
        // The transcript, rendered as training examples are, is the conversation itself.
        Conversation
            .ToMessages(DeskPrompt.Short, result.Turns)
            .Take(result.Requests[^1].Prompt.Count)
            .ShouldBe(result.Requests[^1].Prompt);
    }

    [Test]
    public void several_calls_in_one_answer_are_carried_out_in_their_order()
    {
        var result = _bench.Run(string.Join('\n', _bench.Rule.Plan.Select(DeskBench.Say)));

        result.IsSolved.ShouldBeTrue();
        result.Requests.Count.ShouldBe(1);
        result.Turns.SelectMany(t => t.ToolCalls).Select(c => c.Id).ShouldBeUnique();
    }

    [TestCase("", FailureReason.NoToolCall)]
    [TestCase(null, FailureReason.NoToolCall)]
    [TestCase("zinc zinc zinc \0 </tool_call>", FailureReason.NoToolCall)]
    [TestCase("<tool_call>", FailureReason.BrokenJson)]
    [TestCase("<tool_call>{\"name\": \"close\"}</tool_call>", FailureReason.BrokenJson)]
    [TestCase("<tool_call>{\"name\": 5, \"arguments\": {}}</tool_call>", FailureReason.BrokenJson)]
    [TestCase("<tool_call>{\"name\": \"\\ud800\", \"arguments\": {}}</tool_call>", FailureReason.BrokenJson)]
    [TestCase("<tool_call>[[[[[[", FailureReason.BrokenJson)]
    [TestCase("<tool_call>{\"name\": \"close\", \"arguments\": []}</tool_call>", FailureReason.BrokenJson)]
    [TestCase("<tool_call>{\"name\": \"reboot\", \"arguments\": {}}</tool_call>", FailureReason.UnknownTool)]
    [TestCase("<tool_call>{\"name\": \"close\", \"arguments\": {\"code\": 47}}</tool_call>", FailureReason.WrongType)]
    [TestCase("<tool_call>{\"name\": \"close\", \"arguments\": {}}</tool_call>", FailureReason.MissingArgument)]
    [TestCase("<tool_call>{\"name\": \"close\", \"arguments\": {\"c\": \"47\"}}", FailureReason.UnexpectedArgument)]
    [TestCase("<tool_call>{\"name\": \"lookup\", \"arguments\": {\"asset\": \"x\"}}", FailureReason.UnknownValue)]
    public void nonsense_for_ever_fails_with_its_reason(string? nonsense, FailureReason reason)
    {
        var result = _bench.Run(nonsense!);

        result.IsSolved.ShouldBeFalse();
        result.Reason.ShouldBe(reason);
        var takesSteps = reason != FailureReason.NoToolCall;
        result.Requests.Count.ShouldBe(takesSteps ? Desk.StepsMaxByDefault : 1);
        result.Refusals.GetValueOrDefault(reason).ShouldBe(takesSteps ? Desk.StepsMaxByDefault : 0);
    }

    [Test]
    public void half_a_surrogate_pair_is_no_text()
    {
        // Written out and not as a case: an attribute would store it as another character.
        var half = $"<tool_call>{{\"name\": \"{(char)0xD800}\", \"arguments\": {{}}}}</tool_call>";

        _bench.Run(half).Reason.ShouldBe(FailureReason.BrokenJson);
        Conversation.ParseToolCalls(half).ShouldBeEmpty();
    }

    [Test]
    public void endless_text_is_cut_and_ends_the_run()
    {
        var result = _bench.Run(DeskBench.Say(_bench.Rule.Plan[0]) + new string('x', 50_000_000));

        result.Reason.ShouldBe(FailureReason.AnswerTooLong);
        result.Requests.Single().Answer.Length.ShouldBe(4_096);
        result.Steps.ShouldBe(0);
        result.Turns.Sum(t => t.Text.Length).ShouldBeLessThan(5_000);
    }

    [Test]
    public void a_thousand_openings_are_a_few_steps()
    {
        var result = _bench.Run(string.Concat(Enumerable.Repeat(Open, 300)));

        (result.Reason, result.Steps, result.Requests.Count).ShouldBe((FailureReason.BrokenJson, 8, 1));
    }

    [Test]
    public void looking_for_ever_ends_at_the_step_limit()
    {
        var look = new DeskAction(DeskTool.Lookup, _bench.Company.Estate.Assets[0]);

        var result = _bench.Run(DeskBench.Say(look));

        (result.Reason, result.Steps, result.Requests.Count).ShouldBe((FailureReason.StepLimit, 8, 8));
    }

    [Test]
    public void a_refused_call_may_be_mended()
    {
        var plan = _bench.Rule.Plan;
        var result = _bench.Run([
            Open + "{",
            "<tool_call>{\"name\": \"x\", \"arguments\": {}}",
            .. plan.Select(DeskBench.Say),
        ]);

        (result.IsSolved, result.Reason).ShouldBe((true, FailureReason.None));
        result.Refusals.ShouldBe([new(FailureReason.UnknownTool, 1), new(FailureReason.BrokenJson, 1)]);
        result.Turns.Count(t => t.IsError).ShouldBe(2);
    }

    [Test]
    public void a_closed_ticket_fails_for_what_the_verifier_found()
    {
        var result = _bench.Run("<tool_call>{\"name\": \"x\", \"arguments\": {}}", DeskBench.Say(_bench.Rule.Plan[^1]));

        (result.Reason, result.Verdict.Reason).ShouldBe((FailureReason.MissingAction, FailureReason.MissingAction));
        result.Requests.Count.ShouldBe(2);
    }

    [Test]
    public void random_text_never_breaks_it()
    {
        // Fragments of real calls in random order, and random characters.
        var random = new SeededRandom(5);
        string[] parts =
        [
            Open,
            "</tool_call>",
            "{",
            "}",
            "\"",
            "name",
            "arguments",
            ":",
            "close",
            "47",
            "[",
            "\\u",
            "\ud800",
            "\0",
            " ",
        ];
        for (var i = 0; i < 500; i++)
        {
            var text = string.Concat(
                Enumerable
                    .Range(0, random.Below(60))
                    .Select(_ => random.Below(4) == 0 ? $"{(char)random.Below(65_536)}" : random.Pick(parts))
            );

            var result = _bench.Run(text);

            result.IsSolved.ShouldBeFalse();
            result.Reason.ShouldNotBe(FailureReason.None);
            result.Requests.Count.ShouldBeLessThanOrEqualTo(8);
        }
    }

    [Test]
    public void what_the_agent_throws_is_the_callers()
    {
        Should.Throw<OperationCanceledException>(() =>
            new TicketRun(_bench.Company).Work(_bench.Ticket, "", _ => throw new OperationCanceledException())
        );
    }
}
