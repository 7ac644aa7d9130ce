using Distiller.Core;

namespace Distiller.Evaluation;

/// <summary>The same tasks with a text behind the system prompt.</summary>
internal sealed class PromptedTasks(IAgentTasks tasks, string text) : IAgentTasks
{
    public string Title => tasks.Title;

    public string Sha256 { get; } = CanonicalJson.Hash(new { tasks.Sha256, text });

    public IReadOnlyList<AgentTask> Tasks => tasks.Tasks;

    public int RequestsMax => tasks.RequestsMax;

    public string VerboseSystem(AgentTask task) => Behind(tasks.VerboseSystem(task));

    public string ShortSystem(AgentTask task) => Behind(tasks.ShortSystem(task));

    public TaskVerdict Work(AgentTask task, string system, Func<IReadOnlyList<ChatMessage>, string> agent) =>
        tasks.Work(task, system, agent);

    private string Behind(string system) => text.Length == 0 ? system : $"{system}\n{text}";
}
