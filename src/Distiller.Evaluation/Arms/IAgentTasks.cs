using Distiller.Core;
using Distiller.Retrieval;

namespace Distiller.Evaluation;

/// <summary>
/// Tasks that an agent works and that are checked by what it did. Used from several threads at once: nothing that one
/// task does may be seen by another.
/// </summary>
public interface IAgentTasks
{
    /// <summary>Description of the tasks, for people.</summary>
    string Title { get; }

    /// <summary>Hash of everything that decides tasks, prompts and verdicts; lower-case hexadecimal.</summary>
    string Sha256 { get; }

    /// <summary>The tasks in working order, with unique ids.</summary>
    IReadOnlyList<AgentTask> Tasks { get; }

    /// <summary>Maximum requests of one task.</summary>
    int RequestsMax { get; }

    /// <summary>The context that an agent carries in its prompt today.</summary>
    string VerboseSystem(AgentTask task);

    /// <summary>The short system prompt that remains when an adapter replaces the verbose context.</summary>
    string ShortSystem(AgentTask task);

    /// <summary>
    /// The entries of which the verbose context consists at the task's time, in its order; none where it does not consist of
    /// entries.
    /// </summary>
    IReadOnlyList<ContextEntry> Entries(AgentTask task) => [];

    /// <summary>The task in the words of the one who asks; this is what retrieval sees.</summary>
    string Request(AgentTask task) => "";

    /// <summary>A prompt that holds a selection in place of the whole context.</summary>
    /// <param name="isVerbose">Whether it has the verbose context's instructions, and not the short line.</param>
    string System(AgentTask task, bool isVerbose, SelectedEntries selected) =>
        throw new NotSupportedException("The context of these tasks has no entries.");

    /// <summary>Runs an agent on a task. The call returns whatever the agent writes.</summary>
    /// <param name="agent">Maps messages to the assistant's text; its exceptions propagate.</param>
    TaskVerdict Work(AgentTask task, string system, Func<IReadOnlyList<ChatMessage>, string> agent);
}

/// <summary>A task that can be carried out and checked.</summary>
/// <param name="Family">
/// Tasks of one family are not independent (one rule, several tickets): intervals resample families.
/// </param>
/// <param name="Stratum">Group in which the task's figures are shown, beside the total.</param>
public sealed record AgentTask(string Id, string Family, string Stratum);

/// <summary>The outcome of a task.</summary>
/// <param name="Reason">One word why it was not solved; empty when it was.</param>
/// <param name="Detail">One sentence for people; may be empty.</param>
public sealed record TaskVerdict(bool IsSolved, string Reason, string Detail);
