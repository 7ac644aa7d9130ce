using Distiller.Core;
using Distiller.Edge;

namespace Distiller.Evaluation;

/// <summary>Computes the context length that the tasks need, before anything runs.</summary>
internal static class ContextNeed
{
    /// <summary>Tokens of the longest first prompt with every answer that is allowed behind it.</summary>
    public static int Of(IAgentTasks tasks, ArmPrompts prompts, ChatTokenizer tokenizer, int maxOutputTokens)
    {
        var longest = tasks
            .Tasks.Zip(prompts.All)
            .Where(p => p.Second.IsOwn)
            .Select(p => tokenizer.TokenizePrompt(FirstPrompt(tasks, p.First, p.Second.System)).Length)
            .DefaultIfEmpty()
            .Max();
        return checked(longest + tasks.RequestsMax * maxOutputTokens);
    }

    /// <summary>The first prompt of a task, recorded by running it with an agent that answers nothing.</summary>
    private static IReadOnlyList<ChatMessage> FirstPrompt(IAgentTasks tasks, AgentTask task, string system)
    {
        IReadOnlyList<ChatMessage>? first = null;
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
