using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Opsdesk.Nights;

/// <summary>How much the expert works.</summary>
public sealed record DeskWork
{
    [Setting("tickets-per-day", "Tickets that the expert works each day")]
    [Range(1, Ticket.PerDayMax)]
    public int TicketsPerDay { get; init; } = 200;
}
