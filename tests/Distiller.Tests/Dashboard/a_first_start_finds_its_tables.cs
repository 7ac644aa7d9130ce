using System.Net;
using Distiller.Dashboard.Alerts;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Dashboard;

internal sealed class a_first_start_finds_its_tables
{
    [Test]
    public async Task whoever_looks_before_the_scheduler_has_made_them()
    {
        using var home = new TemporaryFolder();
        using var database = RunDatabase.Sqlite(home[".serve/distiller.db"]);
        var webhook = new WebhookOptions(new AlertSettings(new Uri("http://127.0.0.1:9/")));

        // Alerts are looked for at once; the live feed looks while somebody watches.
        await using var server = await RunningDashboard.StartAsync(
            home,
            o => o with { Webhook = webhook },
            database: database
        );
        foreach (var path in new[] { "/", "/jobs", "/metrics", "/readyz" })
        {
            using var page = await server.SendAsync("GET", path);
            page.StatusCode.ShouldNotBe(HttpStatusCode.InternalServerError, path);
        }

        (await server.Browser.GetStringAsync("/jobs")).ShouldContain("No night yet.");
        server.Log.Text.ShouldNotContain("no such table");
        server.Log.Text.ShouldNotContain("Alerts cannot be looked for");
    }
}
