namespace Distiller.Opsdesk;

/// <summary>An answer taken apart: what was said, and the calls in their order, null for one that cannot be read.</summary>
internal sealed record AgentAnswer(string Said, IReadOnlyList<ToolCall?> Calls)
{
    private const string Open = "<tool_call>";
    private const string Close = "</tool_call>";

    /// <param name="callsMax">Calls after these are left in what was said, unread.</param>
    public static AgentAnswer Read(string text, int callsMax)
    {
        var said = new System.Text.StringBuilder();
        var calls = new List<ToolCall?>();
        var at = 0;
        while (calls.Count < callsMax && text.IndexOf(Open, at, StringComparison.Ordinal) is >= 0 and var open)
        {
            said.Append(text, at, open - at);
            var inside = open + Open.Length;
            var close = text.IndexOf(Close, inside, StringComparison.Ordinal);
            var next = text.IndexOf(Open, inside, StringComparison.Ordinal);
            // A call that nobody closed ends where the next begins.
            var isClosed = close >= 0 && (next < 0 || close < next);
            at =
                isClosed ? close + Close.Length
                : next >= 0 ? next
                : text.Length;
            var call = text[open..at];
            var parsed = Conversation.ParseToolCalls(call);
            calls.Add(parsed.Count == 1 ? parsed[0] : null);
            if (parsed.Count != 1)
            {
                said.Append(call);
            }
        }

        return new AgentAnswer(said.Append(text, at, text.Length - at).ToString().Trim(), calls);
    }
}
