namespace Distiller.Tests.Dashboard;

/// <summary>Every page of the dashboard, with what it is about.</summary>
internal static class DashboardPaths
{
    public static IReadOnlyList<(string Name, string Path)> Of(DashboardWorld world) =>
        [
            ("overview", "/"),
            ("overview-tenant", "/?tenant=halden"),
            ("overview-plain", "/?tenant=airline"),
            ("overview-new", "/?tenant=quiet"),
            ("jobs", "/jobs"),
            ("jobs-failed", "/jobs?state=failed"),
            ("job-running", $"/jobs/{DashboardWorld.Running}"),
            ("job-finished", $"/jobs/{DashboardWorld.Finished}"),
            ("job-held-back", $"/jobs/{DashboardWorld.HeldBack}"),
            ("job-failed", $"/jobs/{DashboardWorld.Failed}"),
            ("patterns", "/patterns?tenant=halden"),
            ("patterns-none", "/patterns?tenant=quiet"),
            ("pattern", $"/patterns/{world.Workspace.PatternId}?tenant=halden"),
            ("imprint", "/imprint?tenant=halden"),
            ("imprint-none", "/imprint?tenant=quiet"),
            ("releases", "/releases?tenant=halden"),
            ("release", $"/releases/{world.Workspace.ReleaseId}?tenant=halden"),
            ("artifact", $"/artifacts/trial/{world.Workspace.TrialKey}?tenant=halden"),
            ("episodes", "/episodes?tenant=halden"),
            (
                "episodes-found",
                "/episodes?tenant=halden&text=ticket-001&outcome=succeeded&from=2026-03-01&to=2026-03-31"
            ),
            ("episode", $"/episodes/{world.Workspace.Episodes[0].Value}?tenant=halden"),
            ("episode-hostile", $"/episodes/{world.Workspace.HostileEpisode.Value}?tenant=halden"),
            ("quarantine", "/quarantine?tenant=halden"),
        ];
}
