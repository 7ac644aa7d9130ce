namespace Distiller.Core;

public enum TurnRole
{
    System,
    User,
    Assistant,

    /// <summary>An observation: the result of a tool call.</summary>
    Tool,
}
