namespace Distiller.Mining.Outcomes;

/// <summary>One thing that is said of a task's outcome.</summary>
/// <param name="Source">Who says it: <c>log</c>, <c>person</c>, or a rule's id.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Direct">Whether it teaches also where nobody could measure how often its source is right.</param>
public sealed record Evidence(string Source, OutcomeKind Says, double Confidence, bool Direct)
{
    public const string Log = "log";
    public const string Person = "person";
}
