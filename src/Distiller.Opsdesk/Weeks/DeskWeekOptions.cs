using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;
using Distiller.Evaluation;
using Distiller.Jobs;
using Distiller.Opsdesk.Nights;

namespace Distiller.Opsdesk.Weeks;

/// <summary>What a week at the sample company is made of.</summary>
public sealed record DeskWeekOptions
{
    [Setting("nights", "Nights to live")]
    [Range(1, 60)]
    public int Nights { get; init; } = 7;

    public DeskWork Work { get; init; } = new() { TicketsPerDay = 700 };

    /// <summary>Company, tickets and judgement of each night; <see cref="DeskWeek"/> says how the handbook drifts.</summary>
    public DeskTrial Trial { get; init; } =
        new()
        {
            TestTickets = 150,
            Options = new TrialOptions { Margin = 0.05, Arms = [TrialArm.Router, TrialArm.RouterControl] },
        };

    /// <summary>Of each night.</summary>
    public required NightSettings Settings { get; init; }

    /// <summary>Rules that change before the night that is made to fail its gate.</summary>
    public int Upheaval { get; init; } = 20;

    /// <summary>The night, from 1, on whose test day a third of the handbook is new; 0: none.</summary>
    public int UpheavalNight => Nights >= 4 ? 4 : 0;

    /// <summary>The night, from 1, in whose training the window closes.</summary>
    public int InterruptedNight => Nights >= 6 ? 6 : Math.Min(2, Nights);

    /// <summary>A day's log alone is learnt from, in less time than a whole company's.</summary>
    public static NightSettings SettingsOf(string basePath)
    {
        var usual = DeskNight.Settings(basePath);
        return usual with { NewestDays = 1, Threads = 1, Training = usual.Training with { MaxTrainTokens = 220_000 } };
    }
}
