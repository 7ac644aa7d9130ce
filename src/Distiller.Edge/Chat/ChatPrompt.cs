using System.Text;
using System.Text.Json;
using Distiller.Core;
using Distiller.Edge.Grammars;
using Distiller.Edge.Serving;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;
using ChatMessage = Distiller.Core.ChatMessage;

namespace Distiller.Edge.Chat;

/// <summary>
/// A conversation of Microsoft.Extensions.AI in the form that adapters are trained on (<see cref="Conversation"/>). Tools are
/// described to a bare base; an adapter knows its tools, and their description is what it was trained to do without.
/// </summary>
internal static class ChatPrompt
{
    /// <exception cref="RequestRefusedException">There is no message, or one that is no text.</exception>
    public static IReadOnlyList<ChatMessage> Of(
        IEnumerable<AiMessage> messages,
        string? instructions,
        IReadOnlyList<ToolDescription> described
    )
    {
        var system = new StringBuilder(instructions);
        var turns = messages.SelectMany(ChatTurns.Of).ToList();
        foreach (var turn in turns.Where(t => t.Role == TurnRole.System))
        {
            AppendParagraph(system, turn.Text);
        }

        if (described.Count > 0)
        {
            AppendParagraph(system, Describe(described));
        }

        return turns.Exists(t => t.Role != TurnRole.System)
            ? Conversation.ToMessages(system.ToString(), turns)
            : throw new RequestRefusedException("There is no message to answer.", "invalid_value", "messages");
    }

    /// <summary>The tools as Qwen's and Hermes's templates describe them.</summary>
    private static string Describe(IReadOnlyList<ToolDescription> tools)
    {
        var text = new StringBuilder(
            """
            # Tools

            You may call one or more functions to assist with the user query.

            You are provided with function signatures within <tools></tools> XML tags:
            <tools>

            """
        );
        foreach (var tool in tools)
        {
            text.Append(
                    JsonSerializer.Serialize(
                        new
                        {
                            type = "function",
                            function = new
                            {
                                name = tool.Name,
                                description = tool.Description,
                                parameters = tool.Schema,
                            },
                        },
                        JsonRules.Plain
                    )
                )
                .Append('\n');
        }

        return text.Append(
                """
                </tools>

                For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
                <tool_call>
                {"name": <function-name>, "arguments": <args-json-object>}
                </tool_call>
                """
            )
            .ToString();
    }

    private static void AppendParagraph(StringBuilder text, string paragraph)
    {
        if (text.Length > 0 && paragraph.Length > 0)
        {
            text.Append("\n\n");
        }

        text.Append(paragraph);
    }
}
