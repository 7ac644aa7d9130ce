using System.ComponentModel.DataAnnotations;

namespace Distiller.Opsdesk;

public sealed record TicketRunOptions
{
    /// <summary>Tool calls of one ticket, refused ones included. A plan with its closing takes 2 to 4.</summary>
    [Range(1, int.MaxValue)]
    public int StepsMax { get; init; } = Desk.StepsMaxByDefault;

    /// <summary>Characters of one answer. A longer one is cut there and ends the run.</summary>
    [Range(256, 1_000_000)]
    public int AnswerCharactersMax { get; init; } = 4_096;
}
