namespace Distiller.Evaluation;

/// <summary>What it took to make an adapter.</summary>
/// <param name="Machine">A <see cref="MachinePrice.Name"/> of the price table.</param>
/// <param name="Seconds">Zero or more.</param>
public sealed record TrainingEffort(string Machine, double Seconds);
