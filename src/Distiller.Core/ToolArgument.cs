namespace Distiller.Core;

/// <summary>One argument of a tool step: a constant JSON value, or a slot to be filled.</summary>
/// <param name="ConstantJson">The JSON value it always had; null for a slot.</param>
public sealed record ToolArgument(string Name, string? ConstantJson)
{
    public override string ToString() => $"{Name}={ConstantJson ?? $"{{{Name}}}"}";
}
