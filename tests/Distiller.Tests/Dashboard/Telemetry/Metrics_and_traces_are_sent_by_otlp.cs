using System.Diagnostics;
using System.Text;

namespace Distiller.Tests.Dashboard.Telemetry;

internal sealed class Metrics_and_traces_are_sent_by_otlp
{
    [Test]
    public async Task where_an_endpoint_is_set()
    {
        await using var collector = await Receiver.StartAsync();
        using var home = new TemporaryFolder();
        await using (
            var server = await RunningDashboard.StartAsync(home, o => o with { OtlpEndpoint = collector.Address })
        )
        {
            await Nights.FillAsync(server.Store, server.Clock);
            using var source = new ActivitySource("Distiller");
            source.StartActivity("a-night-to-remember").ShouldNotBeNull().Dispose();
        }

        // The end of the server sends what is left.
        var metrics = collector.Posts.Where(p => p.Path == "/v1/metrics").ToList();
        metrics.ShouldNotBeEmpty();
        metrics[^1].Headers["Content-Type"].ShouldBe("application/x-protobuf");
        var told = Encoding.Latin1.GetString([.. metrics.SelectMany(m => m.Body)]);
        told.ShouldContain("distiller.stage.duration");
        told.ShouldContain("distiller.runs.ended");
        told.ShouldContain("acme");
        var traces = collector.Posts.Where(p => p.Path == "/v1/traces").ToList();
        Encoding.Latin1.GetString([.. traces.SelectMany(m => m.Body)]).ShouldContain("a-night-to-remember");
    }
}
