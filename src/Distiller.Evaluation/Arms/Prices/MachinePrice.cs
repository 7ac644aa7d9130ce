namespace Distiller.Evaluation;

/// <summary>What an hour of a machine that trains costs.</summary>
public sealed record MachinePrice(string Name, double UsdPerHour, DateOnly AsOf, string Source);
