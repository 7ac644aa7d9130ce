using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Distiller.Core;
using Distiller.Dashboard.Layout;
using Distiller.Jobs.Scheduling.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Distiller.Dashboard.Live;

/// <summary>
/// <c>/live</c>: server-sent events. The id of an event is the number of the last log line sent, so that a page that
/// lost its connection goes on where it was.
/// </summary>
internal static class LiveEndpoint
{
    /// <summary>Even when nothing changes something is sent this often, lest a proxy think the connection dead.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(
            "/live",
            async (HttpContext http, LiveFeed feed, RunStore store, IHostApplicationLifetime life) =>
            {
                var run = http.Request.Query["run"].ToString() is { Length: > 0 } id ? id : null;
                var after = Number(http.Request.Headers["Last-Event-ID"]) ?? Number(http.Request.Query["after"]) ?? 0;
                var zone = run is null ? TimeZoneInfo.Utc : await ZoneAsync(store, run, http.RequestAborted);
                http.Response.Headers["X-Accel-Buffering"] = "no";
                return TypedResults.ServerSentEvents(
                    EventsAsync(feed, run, after, zone, life.ApplicationStopping, http.RequestAborted)
                );
            }
        );

    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        LiveFeed feed,
        string? run,
        long after,
        TimeZoneInfo zone,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken aborted
    )
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, aborted);
        var last = "";
        var sent = TimeSpan.MinValue;
        await foreach (var snapshot in feed.WatchAsync(run, either.Token))
        {
            var news = Event(snapshot, run, after, zone);
            var json = JsonSerializer.Serialize(news, JsonSerializerOptions.Web);
            var now = TimeSpan.FromMilliseconds(Environment.TickCount64);
            if (json == last && now - sent < Silence)
            {
                continue;
            }

            if (news.Lines.Count > 0)
            {
                after = news.Lines[^1].Seq;
            }

            last = json;
            sent = now;
            yield return new SseItem<string>(json)
            {
                EventId = after.ToString(CultureInfo.InvariantCulture),
                ReconnectionInterval = Reconnect,
            };
        }
    }

    private static LiveEvent Event(LiveSnapshot snapshot, string? run, long after, TimeZoneInfo zone)
    {
        var watched = run is not null && snapshot.Watched.TryGetValue(run, out var found) ? found : default;
        return new LiveEvent(
            [.. snapshot.Active.Select(LiveRun.Of)],
            watched.Run is null ? null : LiveRun.Of(watched.Run),
            watched.Tail is null ? [] : [.. watched.Tail.Where(l => l.Seq > after).Select(l => Line(l, zone))],
            snapshot.Away
        );
    }

    public static LiveLine Line(RunLogLine line, TimeZoneInfo zone) =>
        new(
            line.Seq,
            TimeZoneInfo.ConvertTime(line.At, zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture),
            line.Level is "warning" or "error" ? line.Level : "info",
            UntrustedText.Visible(line.Text)
        );

    private static async Task<TimeZoneInfo> ZoneAsync(RunStore store, string id, CancellationToken cancellation)
    {
        var run = await store.FindAsync(id, cancellation);
        var tenants = await store.Tenants.ListAsync(cancellation);
        return TimeText.Zone(tenants.FirstOrDefault(t => t.Name == run?.Tenant)?.TimeZone);
    }

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
