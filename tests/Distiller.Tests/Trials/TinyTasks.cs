using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Distiller.Evaluation;

namespace Distiller.Tests.Trials;

/// <summary>
/// Small tasks for a model that speaks nonsense: two requests each, solved when the answers' length is even. The verbose
/// system text changes in the middle, as a handbook does.
/// </summary>
internal sealed class TinyTasks : IAgentTasks
{
    public string Title => "tiny tasks";

    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Observation)));

    public IReadOnlyList<AgentTask> Tasks { get; } =
    [.. Enumerable.Range(0, 8).Select(i => new AgentTask($"T{i}", $"family {i / 2}", i < 4 ? "known" : "changed"))];

    public int RequestsMax => 2;

    /// <summary>What a task answers the agent.</summary>
    public string Observation { get; init; } = "the host is up";

    /// <summary>Tasks that were worked with an agent that answered something.</summary>
    public int Answered { get; private set; }

    public string VerboseSystem(AgentTask task) =>
        "Rules: "
        + string.Join("; ", Enumerable.Range(0, 12).Select(i => $"in case {i} do the thing {i * 7}"))
        + (task.Stratum == "known" ? "; else call the desk" : "; else call nobody");

    public string ShortSystem(AgentTask task) => "Work.";

    public TaskVerdict Work(AgentTask task, string system, Func<IReadOnlyList<ChatMessage>, string> agent)
    {
        var messages = new List<ChatMessage>
        {
            new("system", system),
            new("user", string.Create(CultureInfo.InvariantCulture, $"{task.Id}: host {task.Id.Length * 31} is down")),
        };
        var first = agent([.. messages]);
        messages.Add(new ChatMessage("assistant", first));
        messages.Add(new ChatMessage("user", Observation));
        var second = agent([.. messages]);
        Answered += first.Length > 0 ? 1 : 0;
        return (first.Length + second.Length) % 2 == 0
            ? new TaskVerdict(IsSolved: true, "", "even")
            : new TaskVerdict(IsSolved: false, "Odd", $"{first.Length} and {second.Length} characters");
    }
}
