namespace Distiller.Jobs.Scheduling;

/// <summary>Tells Hangfire why a step failed. The fault itself happened in the step's own process.</summary>
internal sealed class StepFailedException(string reason) : Exception(reason);
