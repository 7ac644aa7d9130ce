using System.Text.Json;
using Distiller.Core;

namespace Distiller.Evaluation;

/// <summary>
/// Compares the first tool call of a generated turn with the first of the logged one: it is the call that an agent
/// would carry out next.
/// </summary>
public static class CallJudge
{
    private const string CallOpen = "<tool_call>";

    public static bool HasCall(string text) => Conversation.ParseToolCalls(text).Count > 0;

    /// <summary>Never <see cref="CallVerdict.NotMeasured"/>.</summary>
    /// <param name="logged">The assistant's logged turn; it must hold a call.</param>
    /// <param name="generated">What the model wrote in its place.</param>
    public static CallVerdict Judge(string logged, string generated)
    {
        var expected = Conversation.ParseToolCalls(logged)[0];
        var calls = Conversation.ParseToolCalls(generated);
        if (calls.Count == 0)
        {
            return generated.Contains(CallOpen, StringComparison.Ordinal) ? CallVerdict.BrokenJson : CallVerdict.NoCall;
        }

        return calls[0].Name != expected.Name ? CallVerdict.OtherName
            : SameJson(calls[0].ArgumentsJson, expected.ArgumentsJson) ? CallVerdict.Same
            : CallVerdict.OtherArguments;
    }

    private static bool SameJson(string a, string b)
    {
        using var first = JsonDocument.Parse(a);
        using var second = JsonDocument.Parse(b);
        return JsonElement.DeepEquals(first.RootElement, second.RootElement);
    }
}

/// <summary>How the tool call that a model generates compares with the one in the log.</summary>
public enum CallVerdict
{
    /// <summary>Nothing was generated for this turn.</summary>
    NotMeasured,

    /// <summary>The text holds no tool call.</summary>
    NoCall,

    /// <summary>It begins one whose JSON cannot be read; a call cut off by the length limit is one of these.</summary>
    BrokenJson,

    OtherName,

    /// <summary>The same tool with other arguments.</summary>
    OtherArguments,

    /// <summary>The same tool with equal arguments, whatever their order and spacing.</summary>
    Same,
}
