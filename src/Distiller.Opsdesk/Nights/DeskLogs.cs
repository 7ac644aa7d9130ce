using System.Globalization;
using Distiller.Lake;

namespace Distiller.Opsdesk.Nights;

/// <summary>The expert's work as logs, a file a day.</summary>
public sealed class DeskLogs(Company company, string folder)
{
    private const string Stage = "expert";

    private readonly Expert _expert = new(company, new ExpertOptions { Seed = company.Options.Seed });

    /// <summary>Two companies' handbooks contradict each other: an adapter of both would know neither.</summary>
    /// <exception cref="BadInputException">The workspace holds episodes of somebody else.</exception>
    public void RefuseOthers(Workspace workspace)
    {
        if (workspace.Episodes.Read().FirstOrDefault(e => e.Tenant != company.Name) is { } other)
        {
            throw new BadInputException(
                new SourceLocation(workspace.Home, 0),
                $"The workspace holds episodes of '{other.Tenant}', and the company is '{company.Name}'.",
                "Give each company a home of its own."
            );
        }
    }

    /// <summary>The same days give the same bytes.</summary>
    /// <returns>The files, the oldest day first.</returns>
    public IReadOnlyList<string> Write(int days, int ticketsPerDay, IProgress<StageProgress>? progress)
    {
        var files = new List<string>();
        for (var day = 0; day < days; day++)
        {
            progress?.Report(new StageProgress(Stage, day, days, $"day {day + 1} of {days}"));
            files.Add(WriteDay(day, ticketsPerDay));
        }

        progress?.Report(new StageProgress(Stage, days, days, $"{days * ticketsPerDay} tickets"));
        return files;
    }

    /// <param name="day">From 0.</param>
    /// <returns>The file.</returns>
    public string WriteDay(int day, int tickets)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"day-{day + 1:00}.jsonl"));
        EpisodeLines.Write(path, _expert.Work(day, 1, tickets));
        return path;
    }
}
