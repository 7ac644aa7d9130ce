using System.Text;
using System.Text.Json;
using Distiller.Core;
using Microsoft.Extensions.AI;

namespace Distiller.Edge.Chat;

/// <summary>
/// Splits an answer, as it comes, into text for people and tool calls. From the first opening of a call on everything is held
/// back until the end: what turns out to be no call is text after all.
/// </summary>
internal sealed class AnswerReader(bool hasTools)
{
    private readonly StringBuilder _text = new();
    private bool _isCalling;

    /// <returns>Text that is no part of a call.</returns>
    public string Add(string piece)
    {
        _text.Append(piece);
        if (!hasTools)
        {
            return Take(_text.Length);
        }

        if (_isCalling)
        {
            return "";
        }

        var written = _text.ToString();
        var at = written.IndexOf(Conversation.CallOpen, StringComparison.Ordinal);
        if (at >= 0)
        {
            _isCalling = true;
            return Take(at).TrimEnd('\n');
        }

        // The opening may be half written.
        var half = written.LastIndexOf('<');
        return Take(
            half >= 0 && Conversation.CallOpen.StartsWith(written[half..], StringComparison.Ordinal)
                ? half
                : written.Length
        );
    }

    /// <summary>The calls, and text that was held back and is none.</summary>
    public (string Text, IReadOnlyList<FunctionCallContent> Calls) End(Func<string> newId)
    {
        var rest = Take(_text.Length);
        var calls = _isCalling ? Conversation.ParseToolCalls(rest) : [];
        return calls.Count > 0 ? ("", [.. calls.Select(c => Content(c, newId()))]) : (rest, []);
    }

    private static FunctionCallContent Content(ToolCall call, string id) =>
        new(
            id,
            call.Name,
            JsonSerializer.Deserialize<Dictionary<string, object?>>(call.ArgumentsJson, AIJsonUtilities.DefaultOptions)
        )
        {
            // As the model wrote it: written back so, the next prompt begins with what is in the cache.
            RawRepresentation = call with
            {
                Id = id,
            },
        };

    private string Take(int length)
    {
        var taken = _text.ToString(0, length);
        _text.Remove(0, length);
        return taken;
    }
}
