namespace Distiller.Opsdesk;

/// <summary>A ticket of the test days.</summary>
/// <param name="Stratum">What an agent that learnt before the drift can know of its rule.</param>
public sealed record TestTicket(Ticket Ticket, Stratum Stratum);
