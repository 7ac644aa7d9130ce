namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>Consecutive assistant lines of one request (a text, then a tool call) are one turn.</summary>
internal static class ClaudeTurns
{
    public static List<Turn> Merge(IEnumerable<Turn> lines)
    {
        var turns = new List<Turn>();
        foreach (var turn in lines)
        {
            if (
                turns.Count > 0
                && turn.Role == TurnRole.Assistant
                && turn.RequestId is not null
                && turns[^1] is { Role: TurnRole.Assistant } last
                && last.RequestId == turn.RequestId
            )
            {
                turns[^1] = last with
                {
                    Text = Join(last.Text, turn.Text),
                    ToolCalls = [.. last.ToolCalls, .. turn.ToolCalls],
                };
            }
            else
            {
                turns.Add(turn);
            }
        }

        return turns;
    }

    private static string Join(string a, string b) =>
        a.Length == 0 ? b
        : b.Length == 0 ? a
        : $"{a}\n{b}";
}
