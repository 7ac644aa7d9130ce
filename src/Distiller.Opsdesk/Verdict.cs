namespace Distiller.Opsdesk;

/// <summary>Whether a ticket was solved.</summary>
/// <param name="Reason"><see cref="FailureReason.None"/> when it was.</param>
/// <param name="Detail">One sentence for people.</param>
public sealed record Verdict(FailureReason Reason, string Detail)
{
    public bool IsSolved => Reason == FailureReason.None;
}
