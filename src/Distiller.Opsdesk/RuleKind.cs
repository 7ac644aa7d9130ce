namespace Distiller.Opsdesk;

public enum RuleKind
{
    /// <summary>A service shows a symptom.</summary>
    Incident,

    /// <summary>A team has a request about an account.</summary>
    Access,

    /// <summary>A queue is in a condition.</summary>
    Flow,
}
