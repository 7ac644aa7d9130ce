using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;
using Distiller.Evaluation;

namespace Distiller.Opsdesk.Nights;

/// <summary>A model works tickets, outside of any night.</summary>
public static class DeskRun
{
    /// <summary>What is measured is kept for the run's own duration only.</summary>
    /// <param name="adapterPath">Null: the base alone.</param>
    /// <param name="withHandbook">Whether it stands in the prompt.</param>
    public static TrialMeasurement Work(
        string basePath,
        string? adapterPath,
        bool withHandbook,
        OpsdeskTasks tasks,
        TrialOptions options,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation
    )
    {
        var arm = new TrialArm("run", withHandbook ? "with the handbook" : "without", withHandbook, adapterPath);
        var work = Directory.CreateTempSubdirectory("distiller-").FullName;
        try
        {
            return TrialRunner.Run(basePath, [arm], tasks, options, work, progress, sources: null, cancellation);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}

/// <summary>How much the expert works.</summary>
public sealed record DeskWork
{
    [Setting("tickets-per-day", "Tickets that the expert works each day")]
    [Range(1, Ticket.PerDayMax)]
    public int TicketsPerDay { get; init; } = 200;
}
