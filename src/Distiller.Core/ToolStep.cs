namespace Distiller.Core;

/// <summary>
/// One step of a pattern: a tool call whose constant arguments are kept and whose varying ones are slots,
/// for example <c>get_reservation_details(reservation_id={reservation_id})</c>.
/// </summary>
public sealed record ToolStep(string Tool, IReadOnlyList<ToolArgument> Arguments)
{
    public override string ToString() => $"{Tool}({string.Join(", ", Arguments)})";
}
