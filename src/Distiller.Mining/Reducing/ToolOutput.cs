namespace Distiller.Mining.Reducing;

/// <summary>An observation with what is known of the call behind it.</summary>
/// <param name="Tool">The tool's name; empty when unknown.</param>
/// <param name="Command">The shell command, where the call carries one; else empty.</param>
internal sealed record ToolOutput(string Text, string Tool, string Command)
{
    public string[] Lines { get; } = Text.Split('\n');
}
