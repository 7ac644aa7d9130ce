namespace Distiller.Evaluation;

/// <summary>A task that can be carried out and checked.</summary>
/// <param name="Family">Tasks of one family are not independent (one rule, several tickets): intervals resample families.</param>
/// <param name="Stratum">What its figures are shown by, beside the total.</param>
public sealed record AgentTask(string Id, string Family, string Stratum);
