using System.Text.Json;
using Distiller.Cli.Commands;
using Distiller.Core;
using Distiller.Evaluation;
using Distiller.Jobs;

namespace Distiller.Cli.Desk;

/// <summary>A trial at the sample company, as a schedule describes it.</summary>
/// <param name="Company">Seed of the company.</param>
/// <param name="Rules">Of its handbook before the first drift.</param>
/// <param name="Drift">Rules that change after the logged days.</param>
/// <param name="Days">That are logged before the handbook changes.</param>
/// <param name="TestTickets">Tickets of the days after.</param>
/// <param name="TestSeed">Draws them.</param>
/// <param name="MaxOutput">Tokens of one answer.</param>
/// <param name="Margin">Loss of success that still counts as none.</param>
/// <param name="Volume">Tasks that pay off the training.</param>
/// <param name="LaterDrifts">Rules that change on each of the days after the first drift.</param>
/// <param name="EachNight">The tickets are those of the day that begins with the night, and of that day alone.</param>
internal sealed record DeskTrial(
    long Company = 42,
    int Rules = OpsdeskOptions.RulesByDefault,
    int Drift = 1,
    int Days = OpsdeskOptions.DaysByDefault,
    int TestTickets = 300,
    long TestSeed = 1,
    int MaxOutput = 128,
    double Margin = 0.03,
    long Volume = 10_000,
    IReadOnlyList<int>? LaterDrifts = null,
    bool EachNight = false
)
{
    private const string Place = "trial";
    private const string CpuMachine = "aws/c6i.large";
    private const string GpuMachine = "aws/g6.xlarge";

    /// <summary>As <c>trial</c> of a schedule has it: <c>opsdesk</c>, with these properties in kebab case.</summary>
    /// <exception cref="BadInputException">
    /// It describes no trial that is known here. Its place is that of the value: <c>trial.opsdesk.days</c>.
    /// </exception>
    public static DeskTrial Read(JsonElement described)
    {
        try
        {
            var trial = described.Deserialize<Described>(Options)?.Opsdesk ?? throw new JsonException();
            trial.Check();
            return trial;
        }
        catch (JsonException e)
        {
            var place = Place + e.Path?.TrimStart('$');
            throw Bad(
                place,
                place == Place
                    ? "A trial must hold 'opsdesk' with its keys below it."
                    : $"'{place.Split('.')[^1]}' is not known in a trial, or its value is of another kind."
            );
        }
    }

    /// <summary>What <see cref="Read"/> reads.</summary>
    public JsonElement Describe() => JsonSerializer.SerializeToElement(new Described(this), Options);

    public Opsdesk.Company Generate() => OpsdeskOptions.Generate(Company, Rules, Drift, Days, LaterDrifts ?? []);

    /// <param name="night">The day on which the night became due.</param>
    /// <exception cref="BadInputException">The company was not there yet on that day.</exception>
    public NightTrial Compose(NightSettings settings, DateOnly night)
    {
        var company = Generate();
        return new NightTrial(
            OpsdeskTasks.Draw(company, TestTickets, TestSeed, EachNight ? DayOf(company, night) : null),
            ShippedFile.Find(ShippedFile.Prices),
            settings.Device == "cpu" ? CpuMachine : GpuMachine,
            new TrialOptions
            {
                MaxOutputTokens = MaxOutput,
                Margin = Margin,
                AmortisedTasks = Volume,
                ArmsAtOnce = settings.Threads,
            }
        );
    }

    private void Check()
    {
        Within("rules", Rules, OpsdeskOptions.RulesMin, OpsdeskOptions.RulesMax);
        Within("drift", Drift, 0, OpsdeskOptions.RulesMin);
        Within("days", Days, 1, 60);
        Within("test-tickets", TestTickets, 1, Opsdesk.Ticket.PerDayMax);
        Within("max-output", MaxOutput, 1, 4096);
        Within("margin", Margin, 0.001, 0.5);
        Within("volume", Volume, 1, 1_000_000_000);
        foreach (var drift in LaterDrifts ?? [])
        {
            Within("later-drifts", drift, 0, OpsdeskOptions.RulesMin);
        }
    }

    private static void Within<T>(string name, T value, T low, T high)
        where T : IComparable<T>
    {
        if (value.CompareTo(low) < 0 || value.CompareTo(high) > 0)
        {
            throw Bad($"{Place}.opsdesk.{name}", $"{name} is {value}; it must be from {low} to {high}.");
        }
    }

    private static BadInputException Bad(string place, string reason) =>
        new(
            new SourceLocation(place, 0),
            reason,
            "Write 'opsdesk:' and below it company, rules, drift, days, test-tickets, test-seed, max-output, margin, volume, later-drifts or each-night, or leave the trial out."
        );

    private static int DayOf(Opsdesk.Company company, DateOnly night)
    {
        var first = DateOnly.FromDateTime(company.Options.Start.UtcDateTime);
        var day = night.DayNumber - first.DayNumber;
        return day >= company.Options.DriftDay
            ? day
            : throw new BadInputException(
                new SourceLocation(Place, 0),
                $"The night of {night:yyyy-MM-dd} comes before the first day of tests at {company.Name}, {first.AddDays(company.Options.DriftDay):yyyy-MM-dd}.",
                "Leave out each-night, or let the server's clock stand at a later day."
            );
    }

    private static JsonSerializerOptions Options { get; } =
        new(EpisodeJson.Options)
        {
            PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
            UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        };

    private sealed record Described(DeskTrial Opsdesk);
}
