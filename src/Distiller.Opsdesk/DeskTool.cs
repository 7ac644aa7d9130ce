namespace Distiller.Opsdesk;

/// <summary>One tool of the desk. Each takes one argument, a string.</summary>
/// <param name="Changes">Whether it changes anything; a look-up does not.</param>
public sealed record DeskTool(string Name, string Argument, bool Changes)
{
    public const string Lookup = "lookup";
    public const string Restart = "restart";
    public const string Drain = "drain";
    public const string Rotate = "rotate";
    public const string Unlock = "unlock";
    public const string Page = "page";
    public const string Reroute = "reroute";
    public const string Close = "close";

    /// <summary>
    /// The eight tools. A tool's name is the very verb of the handbook's entries: what a small model reads is what it writes.
    /// </summary>
    public static IReadOnlyList<DeskTool> All { get; } =
    [
        new(Lookup, "asset", false),
        new(Restart, "host", true),
        new(Drain, "queue", true),
        new(Rotate, "key", true),
        new(Unlock, "account", true),
        new(Page, "person", true),
        new(Reroute, "link", true),
        new(Close, "code", true),
    ];

    public static DeskTool? Find(string name) => All.FirstOrDefault(t => t.Name == name);

    public override string ToString() => $"{Name}({Argument})";
}

/// <summary>One step of a plan: a tool and the value of its argument.</summary>
public sealed record DeskAction(string Tool, string Value)
{
    public string Argument => DeskTool.Find(Tool)!.Argument;

    /// <summary>As a tool call of an assistant turn.</summary>
    public ToolCall ToCall(string id) => new(id, Tool, $"{{\"{Argument}\": \"{Value}\"}}");

    /// <summary>As the handbook has it: <c>restart host=amber-fox</c>.</summary>
    public override string ToString() => $"{Tool} {Argument}={Value}";
}
