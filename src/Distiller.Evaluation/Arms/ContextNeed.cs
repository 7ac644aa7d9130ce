using Distiller.Core;
using Distiller.Edge;

namespace Distiller.Evaluation;

/// <summary>Computes the context length that the tasks need, before anything runs.</summary>
internal static class ContextNeed
{
    /// <summary>Tokens of the longest first prompt with every answer that is allowed behind it.</summary>
    public static int Of(IAgentTasks tasks, bool isVerbose, ChatTokenizer tokenizer, int maxOutputTokens)
    {
        var longest = tasks.Tasks.Max(t => tokenizer.TokenizePrompt(FirstPrompt(tasks, t, isVerbose)).Length);
        return checked(longest + tasks.RequestsMax * maxOutputTokens);
    }

    /// <summary>The first prompt of a task, recorded by running it with an agent that answers nothing.</summary>
    private static IReadOnlyList<ChatMessage> FirstPrompt(IAgentTasks tasks, AgentTask task, bool isVerbose)
    {
        IReadOnlyList<ChatMessage>? first = null;
        var system = isVerbose ? tasks.VerboseSystem(task) : tasks.ShortSystem(task);
        tasks.Work(
            task,
            system,
            messages =>
            {
                first ??= messages;
                return "";
            }
        );
        return first ?? [new ChatMessage("system", system)];
    }
}
