using System.Text.Json;
using Distiller.Cli.Commands;
using Distiller.Core;
using Distiller.Evaluation;
using Distiller.Jobs;

namespace Distiller.Cli.Desk;

/// <summary>A trial at the sample company, as a schedule describes it.</summary>
/// <param name="Company">Seed of the company.</param>
/// <param name="Drift">Rules that change after the logged days.</param>
/// <param name="Days">That are logged before the handbook changes.</param>
/// <param name="TestTickets">Tickets of the days after.</param>
/// <param name="TestSeed">Draws them.</param>
/// <param name="MaxOutput">Tokens of one answer.</param>
/// <param name="Margin">Loss of success that still counts as none.</param>
/// <param name="Volume">Tasks that pay off the training.</param>
internal sealed record DeskTrial(
    long Company = 42,
    int Drift = 1,
    int Days = OpsdeskOptions.DaysByDefault,
    int TestTickets = 300,
    long TestSeed = 1,
    int MaxOutput = 128,
    double Margin = 0.03,
    long Volume = 10_000
)
{
    private const string CpuMachine = "aws/c6i.large";
    private const string GpuMachine = "aws/g6.xlarge";

    /// <exception cref="BadInputException">It describes no trial that is known here.</exception>
    public static DeskTrial Read(JsonElement described)
    {
        try
        {
            return described.Deserialize<DeskTrial>(Options) ?? throw new JsonException("It holds null.");
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                new SourceLocation("trial", 0),
                $"The trial is not understood: {e.Message}",
                "Write company, drift, days, testTickets, testSeed, maxOutput, margin and volume, or leave it out.",
                e
            );
        }
    }

    public NightTrial Compose(NightSettings settings) =>
        new(
            OpsdeskTasks.Draw(OpsdeskOptions.Generate(Company, Drift, Days), TestTickets, TestSeed),
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

    private static JsonSerializerOptions Options { get; } =
        new(EpisodeJson.Options)
        {
            UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        };
}
