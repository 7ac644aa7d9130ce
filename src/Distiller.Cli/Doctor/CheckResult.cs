namespace Distiller.Cli.Doctor;

/// <param name="Remedy">What to do about it; empty when all is well.</param>
internal sealed record CheckResult(string Name, CheckStatus Status, string Detail, string Remedy = "");
