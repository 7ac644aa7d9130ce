using Distiller.Core;

namespace Distiller.Evaluation;

/// <summary>
/// Tasks that an agent works and that are checked by what it did. Used from several threads at once: nothing that one
/// task does may be seen by another.
/// </summary>
public interface IAgentTasks
{
    /// <summary>For people: what the tasks are.</summary>
    string Title { get; }

    /// <summary>Over everything that decides a task, its prompts and its verdict; lower-case hexadecimal.</summary>
    string Sha256 { get; }

    /// <summary>In the order in which they are worked. Ids are unique.</summary>
    IReadOnlyList<AgentTask> Tasks { get; }

    /// <summary>Requests that a task may take at most.</summary>
    int RequestsMax { get; }

    /// <summary>The context that an agent carries in its prompt today.</summary>
    string VerboseSystem(AgentTask task);

    /// <summary>What is left of it when an adapter carries the rest.</summary>
    string ShortSystem(AgentTask task);

    /// <summary>Lets an agent work a task; it ends whatever the agent writes.</summary>
    /// <param name="agent">Messages to the assistant's text; what it throws passes through.</param>
    TaskVerdict Work(AgentTask task, string system, Func<IReadOnlyList<ChatMessage>, string> agent);
}

/// <summary>A task that can be carried out and checked.</summary>
/// <param name="Family">Tasks of one family are not independent (one rule, several tickets): intervals resample families.</param>
/// <param name="Stratum">What its figures are shown by, beside the total.</param>
public sealed record AgentTask(string Id, string Family, string Stratum);

/// <summary>What became of a task.</summary>
/// <param name="Reason">One word why it was not solved; empty when it was.</param>
/// <param name="Detail">One sentence for people; may be empty.</param>
public sealed record TaskVerdict(bool IsSolved, string Reason, string Detail);
