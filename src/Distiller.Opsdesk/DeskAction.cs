namespace Distiller.Opsdesk;

/// <summary>One step of a plan: a tool and the value of its argument.</summary>
public sealed record DeskAction(string Tool, string Value)
{
    public string Argument => DeskTool.Find(Tool)!.Argument;

    /// <summary>As a tool call of an assistant turn.</summary>
    public ToolCall ToCall(string id) => new(id, Tool, $"{{\"{Argument}\": \"{Value}\"}}");

    /// <summary>As the handbook has it: <c>restart host=amber-fox</c>.</summary>
    public override string ToString() => $"{Tool} {Argument}={Value}";
}
