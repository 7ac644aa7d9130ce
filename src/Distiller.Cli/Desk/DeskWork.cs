using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;
using Distiller.Opsdesk;

namespace Distiller.Cli.Desk;

/// <summary>How much the expert works.</summary>
internal sealed record DeskWork
{
    [Setting("tickets-per-day", "Tickets that the expert works each day")]
    [Range(1, Ticket.PerDayMax)]
    public int TicketsPerDay { get; init; } = 200;
}
