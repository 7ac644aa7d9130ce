using Distiller.Jobs.Scheduling;

namespace Distiller.Cli.Commands;

/// <summary>What <c>schedule check</c> found.</summary>
internal sealed record CheckedSchedule(
    string File,
    IReadOnlyList<CheckedTenant> Tenants,
    IReadOnlyList<string> Warnings
)
{
    private const int NightsShown = 5;

    public static CheckedSchedule Of(string file, NightSchedule schedule, DateTimeOffset now) =>
        new(
            file,
            [
                .. schedule.Tenants.Select(t => new CheckedTenant(
                    t.Name,
                    t.Home,
                    t.When,
                    t.Windows.ToString(),
                    [.. t.NightsAfter(now).Take(NightsShown)]
                )),
            ],
            schedule.Warnings
        );
}
