namespace Distiller.Opsdesk;

/// <summary>The two system prompts between which the product moves an agent.</summary>
public static class DeskPrompt
{
    /// <summary>What is left when the handbook is in the weights.</summary>
    public const string Short = "Work the ticket.";

    /// <summary>What an agent carries in every prompt: how to work, the tools, the handbook.</summary>
    public static string Verbose(Handbook handbook) =>
        "Work the ticket. Quote its handbook entry, then do the steps in order, one tool call at a time.\n"
        + $"Tools: {string.Join(", ", DeskTool.All)}\n"
        + handbook.Render();
}
