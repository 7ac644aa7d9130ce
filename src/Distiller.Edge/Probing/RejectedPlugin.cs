namespace Distiller.Edge;

/// <summary>A CPU plugin whose trial failed.</summary>
/// <param name="Reason">How its trial ended, for example <c>ended with code 132 (signal 4, illegal instruction)</c>.</param>
public sealed record RejectedPlugin(string Plugin, string Reason);
