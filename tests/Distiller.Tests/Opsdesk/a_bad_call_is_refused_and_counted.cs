using Distiller.Opsdesk;

namespace Distiller.Tests.Opsdesk;

public sealed class a_bad_call_is_refused_and_counted
{
    private static readonly string Deep = string.Concat(
        Enumerable.Repeat("{\"host\":", 100).Append("1").Concat(Enumerable.Repeat("}", 100))
    );

    private static readonly object[][] Calls =
    [
        ["reboot", "{}", FailureReason.UnknownTool],
        ["", "{}", FailureReason.UnknownTool],
        ["Restart", "{\"host\": \"x\"}", FailureReason.UnknownTool],
        [new string('x', 1_000_000), "{}", FailureReason.UnknownTool],
        ["restart", "", FailureReason.BrokenJson],
        ["restart", "{\"host\": \"a", FailureReason.BrokenJson],
        ["restart", "{\"host\": \"a\"} {}", FailureReason.BrokenJson],
        ["restart", "{\"host\": \"\\ud800\"}", FailureReason.BrokenJson],
        ["restart", "{\"host\": \"\ud800\"}", FailureReason.BrokenJson],
        ["restart", "{\"\\ud800\": \"a\"}", FailureReason.BrokenJson],
        ["restart", "{\"host\": [[[[[[[[1]]]]]]]]}", FailureReason.BrokenJson],
        ["restart", "{\"host\": 01}", FailureReason.BrokenJson],
        ["restart", "{\"host\": NaN}", FailureReason.BrokenJson],
        ["restart", Deep, FailureReason.BrokenJson],
        ["restart", "{\"host\": \"" + new string('x', 10_000_000) + "\"}", FailureReason.ArgumentsTooLong],
        ["restart", "{}", FailureReason.MissingArgument],
        ["restart", "{\"queue\": \"a-b\"}", FailureReason.UnexpectedArgument],
        ["restart", "{\"host\": \"a\", \"host\": \"b\"}", FailureReason.UnexpectedArgument],
        ["restart", "[]", FailureReason.WrongType],
        ["restart", "null", FailureReason.WrongType],
        ["restart", "\"host\"", FailureReason.WrongType],
        ["restart", "{\"host\": 1}", FailureReason.WrongType],
        ["restart", "{\"host\": null}", FailureReason.WrongType],
        ["restart", "{\"host\": [\"a\"]}", FailureReason.WrongType],
        ["close", "{\"code\": 47}", FailureReason.WrongType],
        ["close", "{\"code\": 1e999}", FailureReason.WrongType],
        ["close", "{\"code\": -99999999999999999999999}", FailureReason.WrongType],
        ["close", "{\"code\": \"470\"}", FailureReason.UnknownValue],
        ["close", "{\"code\": \"-1\"}", FailureReason.UnknownValue],
        ["close", "{\"code\": \"\"}", FailureReason.UnknownValue],
        ["close", "{\"code\": \"४७\"}", FailureReason.UnknownValue],
        ["restart", "{\"host\": \"\\u0000\"}", FailureReason.UnknownValue],
        ["lookup", "{\"asset\": \"nothing\"}", FailureReason.UnknownValue],
        ["reroute", "{\"link\": \"amber-amber\"}", FailureReason.UnknownValue],
    ];

    private readonly DeskBench _bench = new();

    [TestCaseSource(nameof(Calls))]
    public void it_changes_nothing_and_says_why(string tool, string arguments, FailureReason reason)
    {
        var desk = new Desk(_bench.Company);
        var state = desk.State.Describe();

        var observation = desk.Call(new ToolCall("call", tool, arguments));

        observation.Failure.ShouldBe(reason);
        observation.IsError.ShouldBeTrue();
        observation.Text.ShouldStartWith("error: ");
        observation.Text.Length.ShouldBeLessThan(80);
        desk.State.Describe().ShouldBe(state);
        desk.Audit.ShouldBeEmpty();
        desk.Refusals.ShouldBe([new(reason, 1)]);
        desk.Steps.ShouldBe(1);
    }

    [Test]
    public void what_is_done_already_is_refused_where_doing_it_again_means_nothing()
    {
        var estate = _bench.Company.Estate;
        foreach (
            var action in new DeskAction[]
            {
                new(DeskTool.Drain, estate.Queues[0]),
                new(DeskTool.Unlock, estate.Accounts[0]),
            }
        )
        {
            var desk = _bench.Do(action);
            desk.Call(action.ToCall("call")).Failure.ShouldBe(FailureReason.NothingToDo);
            desk.Audit.Count.ShouldBe(1);
        }
    }

    [Test]
    public void who_is_not_on_call_cannot_be_paged()
    {
        var asleep = _bench.Company.Estate.People.Except(_bench.Company.Estate.OnCall).First();

        new Desk(_bench.Company)
            .Call(new DeskAction(DeskTool.Page, asleep).ToCall("call"))
            .Failure.ShouldBe(FailureReason.UnknownValue);
    }

    [Test]
    public void a_desk_takes_no_more_steps_than_it_has()
    {
        var desk = new Desk(_bench.Company, stepsMax: 3);
        var restart = new DeskAction(DeskTool.Restart, _bench.OtherHost).ToCall("call");

        var answers = Enumerable.Range(0, 10_000).Select(_ => desk.Call(restart).Failure).ToList();

        answers.Count(f => f == FailureReason.None).ShouldBe(3);
        answers.Skip(3).ShouldAllBe(f => f == FailureReason.StepLimit);
        (desk.Steps, desk.Audit.Count, desk.Refusals[FailureReason.StepLimit]).ShouldBe((3, 3, 9_997));
    }
}
