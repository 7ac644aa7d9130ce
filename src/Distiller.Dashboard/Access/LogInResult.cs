namespace Distiller.Dashboard.Access;

/// <summary>How a try to log in went.</summary>
/// <param name="RetryAfter">Not null: it was not looked at, because too many failed before.</param>
internal readonly record struct LogInResult(bool IsRight, TimeSpan? RetryAfter)
{
    /// <summary>Whole seconds, at least one.</summary>
    public string RetryAfterSeconds => ((int)Math.Max(1, Math.Ceiling(RetryAfter?.TotalSeconds ?? 0))).ToString();
}
