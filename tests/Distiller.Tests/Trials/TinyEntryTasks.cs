using System.Globalization;
using Distiller.Evaluation;
using Distiller.Retrieval;

namespace Distiller.Tests.Trials;

/// <summary>Tasks like <see cref="TinyTasks"/> whose context is a list of entries, one of which has changed.</summary>
internal sealed class TinyEntryTasks : IAgentTasks
{
    private static readonly string[] Subjects = ["billing", "search", "mail", "backup"];

    private readonly TinyTasks _tasks = new();

    /// <param name="only">Ids of the tasks to work; none: all.</param>
    public TinyEntryTasks(params IReadOnlyCollection<string> only) =>
        Tasks = [.. _tasks.Tasks.Where(t => only.Count == 0 || only.Contains(t.Id))];

    public static IReadOnlyList<PastSuccess> Past { get; } =
    [
        .. Subjects.SelectMany(s =>
            Enumerable
                .Range(0, 3)
                .Select(i => new PastSuccess(
                    string.Create(CultureInfo.InvariantCulture, $"N{i}: {s} is down"),
                    $"restart {s} and close"
                ))
        ),
    ];

    public string Title => "tiny tasks with entries";

    public string Sha256 => new('e', 64);

    public IReadOnlyList<AgentTask> Tasks { get; }

    public int RequestsMax => 2;

    public string VerboseSystem(AgentTask task) => System(task, isVerbose: true, new([.. Entries(task)], [], 0));

    public string ShortSystem(AgentTask task) => "Work.";

    public IReadOnlyList<ContextEntry> Entries(AgentTask task) =>
        [
            .. Subjects.Select(s => new ContextEntry(
                s,
                $"{s} down",
                s == "mail" ? "mail down: call the post office" : $"{s} down: restart {s} and close",
                s,
                $"{s} down: restart {s} and close"
            )),
        ];

    /// <summary>Tasks 2 and 6 are about mail.</summary>
    public string Request(AgentTask task) => $"{task.Id}: {Subjects[(task.Id[1] - '0') % 4]} is down";

    public string System(AgentTask task, bool isVerbose, SelectedEntries selected) =>
        (isVerbose ? "Rules: " : "Work. ")
        + string.Join("; ", selected.Entries.Select(e => e.Text))
        + string.Join("; ", selected.Examples.Select(e => e.Request + e.Answer));

    public TaskVerdict Work(AgentTask task, string system, Func<IReadOnlyList<ChatMessage>, string> agent) =>
        _tasks.Work(task, system, agent);
}
