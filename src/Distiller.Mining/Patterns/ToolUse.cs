namespace Distiller.Mining.Patterns;

/// <summary>A step of an episode: calls of one tool in a row.</summary>
/// <param name="turn">Index of the turn that makes the first of them.</param>
internal sealed class ToolUse(ToolCall call, int turn)
{
    public string Tool => Calls[0].Name;

    public List<ToolCall> Calls { get; } = [call];

    public int FirstTurn { get; } = turn;

    public int LastTurn { get; private set; } = turn;

    public void Add(ToolCall call, int turn)
    {
        Calls.Add(call);
        LastTurn = turn;
    }
}
