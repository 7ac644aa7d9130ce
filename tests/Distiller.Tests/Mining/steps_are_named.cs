using Distiller.Mining.Patterns;

namespace Distiller.Tests.Mining;

[TestFixture]
internal sealed class steps_are_named
{
    [TestCase("go test ./... 2>&1 | tail -3", "Bash: go test")]
    [TestCase("cd /x && ls && git commit -m 'done'", "Bash: git commit")]
    [TestCase("mise run test:ci", "Bash: mise run test:ci")]
    [TestCase("grep -rn foo .", "Bash")]
    [TestCase("./ops/try.sh --all", "Bash: ./ops/try.sh")]
    public void by_what_a_shell_runs(string command, string name)
    {
        var json = System.Text.Json.JsonSerializer.Serialize(new { command });
        StepName.Of(new ToolCall("c", "Bash", json)).ShouldBe(name);
    }

    [TestCase("Read", """{"file_path":"a"}""")]
    [TestCase("Bash", "no json")]
    [TestCase("look", """{"command":7}""")]
    public void and_else_by_the_tool(string tool, string arguments)
    {
        StepName.Of(new ToolCall("c", tool, arguments)).ShouldBe(tool);
    }

    [TestCase("Read", "Edit", -0.1, true)]
    [TestCase("Read", "Edit", 0.1, false)]
    [TestCase("Read", "Bash: go test", -0.1, false)]
    [TestCase("get_order", "refund", -0.1, false)]
    public void reading_before_writing_is_no_finding(string first, string second, double low, bool isTrivial)
    {
        var pattern = new Pattern
        {
            Id = "p",
            Intent = "",
            Steps = [new ToolStep(first, []), new ToolStep(second, [])],
            Support = 9,
            Tasks = 9,
            SuccessWith = 1,
            SuccessWithout = 1,
            Lift = new Interval(low, 0.3),
            TokensInPrompt = 1,
            OutputTokensWith = 1,
            OutputTokensWithout = 1,
            Episodes = [],
        };
        TrivialPattern.Is(pattern).ShouldBe(isTrivial);
    }
}
