namespace Distiller.Cli.Desk;

/// <summary>What a week at the sample company is made of.</summary>
internal sealed record DeskWeekOptions
{
    public long Company { get; init; } = 42;

    public int Nights { get; init; } = 7;

    public int TicketsPerDay { get; init; } = 700;

    public int TestTickets { get; init; } = 150;

    /// <summary>Loss of success that still counts as none.</summary>
    public double Margin { get; init; } = 0.05;

    public long MaxTrainTokens { get; init; } = 220_000;

    public int Threads { get; init; } = 1;

    /// <summary>Rules of 60 that change every day.</summary>
    public int Drift { get; init; } = 1;

    /// <summary>Rules that change before the night that is made to fail its gate.</summary>
    public int Upheaval { get; init; } = 20;

    /// <summary>The night, from 1, on whose test day a third of the handbook is new; 0: none.</summary>
    public int UpheavalNight => Nights >= 4 ? 4 : 0;

    /// <summary>The night, from 1, in whose training the window closes.</summary>
    public int InterruptedNight => Nights >= 6 ? 6 : Math.Min(2, Nights);
}
