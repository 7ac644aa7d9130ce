namespace Distiller.Opsdesk;

/// <summary>What an agent that learnt before the drift can know of a rule.</summary>
public enum Stratum
{
    /// <summary>It holds before and after.</summary>
    Known,

    /// <summary>Its plan changes: who acts from memory does the old thing.</summary>
    Changed,

    /// <summary>It is added: nobody can have learnt it.</summary>
    Unseen,
}
