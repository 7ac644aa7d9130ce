using System.Text;
using System.Text.Json;
using Distiller.Core;
using Distiller.Edge.Serving;
using Microsoft.Extensions.AI;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Distiller.Edge.Chat;

/// <summary>Messages of Microsoft.Extensions.AI as turns of an episode.</summary>
internal static class ChatTurns
{
    /// <returns>Several for a message with several observations.</returns>
    /// <exception cref="RequestRefusedException">It holds something that is no text.</exception>
    public static IEnumerable<Turn> Of(AiMessage message)
    {
        if (IsSystem(message))
        {
            yield return new Turn(TurnRole.System, Text(message));
            yield break;
        }

        if (message.Role == ChatRole.Assistant)
        {
            yield return new Turn(TurnRole.Assistant, Text(message))
            {
                ToolCalls =
                [
                    .. message
                        .Contents.OfType<FunctionCallContent>()
                        .Select(c =>
                            c.RawRepresentation as ToolCall
                            ?? new ToolCall(
                                c.CallId,
                                c.Name,
                                JsonSerializer.Serialize(
                                    c.Arguments ?? new Dictionary<string, object?>(),
                                    AIJsonUtilities.DefaultOptions
                                )
                            )
                        ),
                ],
            };
            yield break;
        }

        foreach (var result in message.Contents.OfType<FunctionResultContent>())
        {
            yield return new Turn(TurnRole.Tool, Text(result.Result)) { ToolCallId = result.CallId };
        }

        if (message.Role != ChatRole.Tool)
        {
            yield return new Turn(TurnRole.User, Text(message));
        }
    }

    private static bool IsSystem(AiMessage message) =>
        message.Role == ChatRole.System || message.Role.Value == "developer";

    private static string Text(AiMessage message)
    {
        var text = new StringBuilder();
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case TextContent part:
                    text.Append(part.Text);
                    break;
                case FunctionCallContent or FunctionResultContent or TextReasoningContent or UsageContent:
                    break;
                default:
                    throw new RequestRefusedException(
                        $"A message holds {content.GetType().Name}; this model reads text only.",
                        "unsupported_value",
                        "messages"
                    );
            }
        }

        return text.ToString();
    }

    private static string Text(object? result) =>
        result switch
        {
            null => "",
            string text => text,
            JsonElement { ValueKind: JsonValueKind.String } element => element.GetString()!,
            TextContent content => content.Text,
            _ => JsonSerializer.Serialize(result, AIJsonUtilities.DefaultOptions),
        };
}
