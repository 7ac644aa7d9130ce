namespace Distiller.Opsdesk;

/// <summary>What became of a ticket.</summary>
/// <param name="Reason">
/// Why it was not solved: how the run ended, the first refused call where it ended at the step limit, or what the verifier
/// found in a ticket that was closed. <see cref="FailureReason.None"/> when it was solved.
/// </param>
/// <param name="Verdict">The verifier's own words.</param>
/// <param name="Steps">Tool calls, refused ones included.</param>
/// <param name="Refusals">Refused calls by reason; there may be some although the ticket was solved.</param>
/// <param name="Turns">The transcript, from the system's turn on.</param>
public sealed record TicketResult(
    Ticket Ticket,
    FailureReason Reason,
    Verdict Verdict,
    int Steps,
    IReadOnlyDictionary<FailureReason, int> Refusals,
    IReadOnlyList<Turn> Turns,
    IReadOnlyList<DeskRequest> Requests
)
{
    public bool IsSolved => Verdict.IsSolved;
}
