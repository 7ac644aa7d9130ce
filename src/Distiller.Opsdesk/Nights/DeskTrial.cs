using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distiller.Core.Settings;
using Distiller.Evaluation;
using Distiller.Jobs;

namespace Distiller.Opsdesk.Nights;

/// <summary>A trial at the sample company, as a schedule describes it.</summary>
public sealed record DeskTrial
{
    /// <summary>Of a handbook that is worth moving out of a prompt.</summary>
    private const int RulesMin = 60;

    private const string Place = "trial";
    private const string Part = "opsdesk";
    private const string CpuMachine = "aws/c6i.large";
    private const string GpuMachine = "aws/g6.xlarge";

    /// <summary>The settings that say which company it is.</summary>
    public static IReadOnlyList<string> CompanyNames { get; } = ["company", "rules", "days", "drift"];

    [Setting("company", "Seed of the company: another seed is another company")]
    public long Company { get; init; } = 42;

    [Setting("rules", "Rules of its handbook before it changes")]
    [Range(RulesMin, 80)]
    public int Rules { get; init; } = RulesMin;

    [Setting("days", "Days that are logged before the handbook changes")]
    [Range(1, 60)]
    public int Days { get; init; } = 5;

    [Setting("drift", "Rules that change after the logged days")]
    [Range(0, RulesMin)]
    public int Drift { get; init; } = 1;

    [Setting("later-drifts", "Rules that change on each of the days after that")]
    [Range(0, RulesMin)]
    public IReadOnlyList<int> LaterDrifts { get; init; } = [];

    [Setting("test-tickets", "Tickets of the days after")]
    [Range(1, Ticket.PerDayMax)]
    public int TestTickets { get; init; } = 300;

    /// <summary>The same tickets for whoever gives the same seed.</summary>
    [Setting("test-seed", "Draws the tickets")]
    public long TestSeed { get; init; } = 1;

    [Setting("each-night", "The tickets are those of the day that begins with the night, and of that day alone")]
    public bool EachNight { get; init; }

    public TrialOptions Options { get; init; } = new();

    public ReplayOptions Replay { get; init; } = new();

    /// <summary>As <c>trial</c> of a schedule has it: <c>opsdesk</c>, with the settings by their names.</summary>
    /// <exception cref="BadInputException">
    /// It describes no trial that is known here. Its place is that of the value: <c>trial.opsdesk.days</c>.
    /// </exception>
    public static DeskTrial Read(JsonElement described)
    {
        if (
            described.ValueKind is not JsonValueKind.Object
            || !described.TryGetProperty(Part, out var settings)
            || settings.ValueKind is not JsonValueKind.Object
        )
        {
            throw Bad(Place, $"A trial must hold '{Part}' with its keys below it.");
        }

        return described.EnumerateObject().Select(p => p.Name).FirstOrDefault(n => n != Part) is { } other
            ? throw Bad($"{Place}.{other}", $"'{other}' is not known here.")
            : SettingsJson.Read(new DeskTrial(), settings, $"{Place}.{Part}");
    }

    /// <summary>What <see cref="Read"/> reads.</summary>
    public JsonElement Describe() =>
        JsonSerializer.SerializeToElement(new JsonObject { [Part] = SettingsJson.Write(this) });

    public Company Generate() =>
        Opsdesk.Company.Generate(
            new CompanyOptions
            {
                Seed = Company,
                Pool = NamePool.Demo,
                Rules = Rules,
                ChangedRules = Drift,
                DriftDay = Days,
                LaterChanges = LaterDrifts,
            }
        );

    /// <param name="night">The day on which the night became due.</param>
    /// <param name="pricesPath">A price table.</param>
    /// <exception cref="BadInputException">The company was not there yet on that day.</exception>
    public NightTrial Compose(NightSettings settings, DateOnly night, string pricesPath)
    {
        var company = Generate();
        return new NightTrial(
            OpsdeskTasks.Draw(company, TestTickets, TestSeed, EachNight ? DayOf(company, night) : null),
            pricesPath,
            settings.Device == "cpu" ? CpuMachine : GpuMachine,
            Options with
            {
                ArmsAtOnce = settings.Threads,
            }
        )
        {
            Patterns =
                Replay.Tasks == 0
                    ? null
                    : new PatternTrial(OpsdeskTasks.DrawLogged(company, Replay.Tasks, TestSeed), Replay),
        };
    }

    private static BadInputException Bad(string place, string reason) =>
        new(
            SourceLocation.Option(place),
            reason,
            $"Write '{Part}:' and below it {string.Join(", ", Setting.NamesOf<DeskTrial>())}, or leave the trial out."
        );

    private static int DayOf(Company company, DateOnly night)
    {
        var first = DateOnly.FromDateTime(company.Options.Start.UtcDateTime);
        var day = night.DayNumber - first.DayNumber;
        return day >= company.Options.DriftDay
            ? day
            : throw new BadInputException(
                SourceLocation.Option(Place),
                $"The night of {night:yyyy-MM-dd} comes before the first day of tests at {company.Name}, {first.AddDays(company.Options.DriftDay):yyyy-MM-dd}.",
                "Leave out each-night, or let the server's clock stand at a later day."
            );
    }
}
