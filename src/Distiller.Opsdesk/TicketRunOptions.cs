namespace Distiller.Opsdesk;

public sealed record TicketRunOptions
{
    /// <summary>Tool calls of one ticket, refused ones included; at least 1. A plan with its closing takes 2 to 4.</summary>
    public int StepsMax { get; init; } = Desk.StepsMaxByDefault;

    /// <summary>Characters of one answer; from 256 to 1,000,000. A longer one is cut there and ends the run.</summary>
    public int AnswerCharactersMax { get; init; } = 4_096;

    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(StepsMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(AnswerCharactersMax, 256);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(AnswerCharactersMax, 1_000_000);
    }
}
