using Distiller.Evaluation;
using Distiller.Jobs;
using Distiller.Mining;
using Distiller.Mining.Deduplicating;
using Distiller.Mining.Examples;
using Distiller.Mining.Splitting;
using Distiller.Training.Distilling;

namespace Distiller.Opsdesk.Nights;

/// <summary>The closed loop of one night: the expert works, its logs are distilled, and later tickets are tried.</summary>
public static class DeskNight
{
    /// <summary>
    /// Many short rows, seen a few times in small steps at a high rate: procedures are to be known by heart, in whatever
    /// words a ticket asks for them (at steps twice as large, one company's adapter lost 14 of 584 tickets to wordings
    /// that no log had shown, and 2 at these). Tickets are written from few
    /// templates, so nearly the same words are no sign of the same task.
    /// </summary>
    public static NightSettings Settings(string basePath) =>
        new()
        {
            BasePath = basePath,
            Mining = new MiningOptions
            {
                Deduplication = new DeduplicationOptions { SimilarityMin = 1 },
                Split = new SplitOptions { Method = SplitMethod.Time, HoldoutShare = 0.1 },
                Examples = new ExampleOptions { SystemLine = DeskPrompt.Short },
            },
            Training = new TrainingOptions
            {
                MaxTrainTokens = 400_000,
                LearningRate = 3e-3,
                TokensPerStep = 1024,
            },
            Holdout = new HoldoutOptions { MaxHoldoutTokens = 12_000, MaxGeneratedSteps = 2 },
        };

    /// <param name="night">Its trial is <paramref name="described"/>, composed.</param>
    /// <param name="logFolder">Where the expert's logs go.</param>
    /// <exception cref="BadInputException">The workspace holds episodes of another company.</exception>
    public static NightReport Run(
        Night night,
        DeskTrial described,
        int ticketsPerDay,
        string logFolder,
        CancellationToken cancellation
    )
    {
        var company = described.Generate();
        var logs = new DeskLogs(company, logFolder);
        logs.RefuseOthers(night.Workspace);
        var files = logs.Write(company.Options.DriftDay, ticketsPerDay, night.Progress);
        return new NightlyPipeline(night).Run(files, company.Name, cancellation);
    }
}
