using System.Text.Json;
using Distiller.Mining.Examples;
using Distiller.Tests.Mining;

namespace Distiller.Tests.Examples;

[TestFixture]
internal sealed class wandering_is_not_taught
{
    private static readonly object Read = new { file_path = "cart.go" };

    private static (string, object, string, bool) Ran(
        string tool,
        object arguments,
        string answer,
        bool failed = false
    ) => (tool, arguments, answer, failed);

    private static Episode Of(params (string Tool, object Arguments, string Answer, bool Failed)[] steps)
    {
        var turns = new List<Turn> { new(TurnRole.User, "mend the cart") };
        for (var i = 0; i < steps.Length; i++)
        {
            turns.Add(
                new Turn(TurnRole.Assistant, $"say{i}")
                {
                    ToolCalls = [new ToolCall($"c{i}", steps[i].Tool, JsonSerializer.Serialize(steps[i].Arguments))],
                }
            );
            turns.Add(new Turn(TurnRole.Tool, steps[i].Answer) { ToolCallId = $"c{i}", IsError = steps[i].Failed });
        }

        turns.Add(new Turn(TurnRole.Assistant, "done"));
        return Logged.Of("t", "k", OutcomeKind.Succeeded, null, [.. turns]);
    }

    /// <summary>Numbers of the steps that are taught.</summary>
    private static int[] Taught(Episode episode)
    {
        var tokenizer = new WordTokenizer();
        var set = new ExampleBuilder(tokenizer.Chat).Build([episode]);
        var text = tokenizer.Text(set.Examples.ShouldHaveSingleItem().Tokens);
        return
        [
            .. Enumerable
                .Range(0, 10)
                .Where(i =>
                    text.Contains($"say{i} ", StringComparison.Ordinal)
                    || text.Contains($"say{i}\n", StringComparison.Ordinal)
                ),
        ];
    }

    [Test]
    public void what_was_read_again_and_had_not_changed()
    {
        Taught(Of(Ran("Read", Read, "text"), Ran("Read", Read, "text"))).ShouldBe([0]);
        Taught(Of(Ran("Read", Read, "text"), Ran("Read", Read, "other text"))).ShouldBe([0, 1]);
        Taught(Of(Ran("Read", Read, "text"), Ran("Edit", Read, "ok"), Ran("Read", Read, "text"))).ShouldBe([0, 1, 2]);
    }

    [Test]
    public void a_command_that_does_something_is_no_read()
    {
        object test = new { command = "make test" };
        Taught(Of(Ran("Bash", test, "ok"), Ran("Bash", test, "ok"))).ShouldBe([0, 1]);
        object look = new { command = "ls -la" };
        Taught(Of(Ran("Bash", look, "a b"), Ran("Bash", look, "a b"))).ShouldBe([0]);
    }

    [Test]
    public void a_call_that_was_refused_for_its_form_and_given_anew_at_once()
    {
        object bad = new { file_path = "cart.go", limit = -1 };
        Taught(Of(Ran("Read", bad, "limit must be positive", true), Ran("Read", Read, "text"))).ShouldBe([1]);
        object other = new { file_path = "desk.go" };
        Taught(Of(Ran("Read", other, "no such file", true), Ran("Read", Read, "text"))).ShouldBe([0, 1]);
        object test = new { command = "make test" };
        Taught(Of(Ran("Bash", test, "FAILED", true), Ran("Bash", test, "ok"))).ShouldBe([0, 1]);
    }

    [Test]
    public void an_edit_that_was_taken_back_unseen()
    {
        object edit = new
        {
            file_path = "cart.go",
            old_string = "a",
            new_string = "b",
        };
        object back = new
        {
            file_path = "cart.go",
            old_string = "b",
            new_string = "a",
        };
        object right = new
        {
            file_path = "cart.go",
            old_string = "c",
            new_string = "d",
        };
        Taught(Of(Ran("Edit", edit, "ok"), Ran("Edit", back, "ok"), Ran("Edit", right, "ok"))).ShouldBe([2]);
        Taught(Of(Ran("Edit", edit, "ok"), Ran("Edit", right, "ok"), Ran("Edit", back, "ok"))).ShouldBe([0, 1, 2]);
        object test = new { command = "make test" };
        Taught(Of(Ran("Edit", edit, "ok"), Ran("Bash", test, "FAILED"), Ran("Edit", back, "ok"))).ShouldBe([0, 1, 2]);
    }

    [Test]
    public void it_is_counted_and_can_be_kept()
    {
        var episode = Of(Ran("Read", Read, "text"), Ran("Read", Read, "text"));
        new ExampleBuilder(new WordTokenizer().Chat).Build([episode]).Report.WanderedTurns.ShouldBe(2);
        new ExampleBuilder(new WordTokenizer().Chat, new ExampleOptions { CutWandering = false })
            .Build([episode])
            .Report.WanderedTurns.ShouldBe(0);
    }
}
