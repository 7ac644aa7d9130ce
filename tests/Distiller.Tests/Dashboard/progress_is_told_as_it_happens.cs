using System.Text.Json;
using Distiller.Dashboard.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Distiller.Tests.Dashboard;

public sealed class Progress_is_told_as_it_happens
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Test]
    public async Task to_any_number_of_pages_for_one_look_a_second()
    {
        using var world = new DashboardWorld();
        await world.FillAsync();
        await using var app = await DashboardHost.ServeAsync(world);
        using var client = DashboardHost.ClientOf(app);
        var feed = app.Services.GetRequiredService<LiveFeed>();
        await Task.Delay(TimeSpan.FromSeconds(1.2));
        feed.Looks.ShouldBe(0, "nobody listens");

        var since = Environment.TickCount64;
        var pages = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Events.OpenAsync(client, "/live")));
        foreach (var page in pages)
        {
            (await page.NextAsync()).GetProperty("runs").EnumerateArray().Count().ShouldBe(2);
        }

        await world.Store.ProgressAsync(DashboardWorld.Running, "distill", 0.5, "step 300 of 600", null);
        foreach (var page in pages)
        {
            var run = (await page.NextAsync())
                .GetProperty("runs")
                .EnumerateArray()
                .Single(r => r.GetProperty("id").GetString() == DashboardWorld.Running);
            run.GetProperty("progress").GetDouble().ShouldBe(0.5);
            page.Dispose();
        }

        var seconds = (Environment.TickCount64 - since) / 1000;
        feed.Looks.ShouldBeLessThanOrEqualTo(seconds + 2);
    }

    [Test]
    public async Task with_the_log_from_where_a_page_lost_it()
    {
        using var world = new DashboardWorld();
        await world.FillAsync();
        await using var app = await DashboardHost.ServeAsync(world);
        using var client = DashboardHost.ClientOf(app);
        var last = (await world.Store.Log.ListAsync(DashboardWorld.Running))[^1].Seq;
        await world.Store.Log.AddAsync(DashboardWorld.Running, "info", "one more");
        using var page = await Events.OpenAsync(client, $"/live?run={DashboardWorld.Running}", last);
        var told = await page.NextAsync();
        var line = told.GetProperty("lines").EnumerateArray().ShouldHaveSingleItem();
        line.GetProperty("text").GetString().ShouldBe("one more");
        line.GetProperty("seq").GetInt64().ShouldBe(last + 1);
        line.GetProperty("at").GetString().ShouldBe("02:42:00", "the tenant's zone");
        page.LastId.ShouldBe(last + 1);
    }

    [Test]
    public async Task until_the_server_stops()
    {
        using var world = new DashboardWorld();
        await world.FillAsync();
        await using var app = await DashboardHost.ServeAsync(world);
        using var client = DashboardHost.ClientOf(app);
        using var page = await Events.OpenAsync(client, "/live");
        await page.NextAsync();
        var stopping = app.StopAsync();
        (await page.EndAsync()).ShouldBeTrue("the stream ends by itself");
        await stopping.WaitAsync(Deadline);
    }

    [Test]
    public async Task and_a_database_that_is_away_too()
    {
        using var world = new DashboardWorld();
        world.TakeDatabaseAway();
        await using var app = await DashboardHost.ServeAsync(world);
        using var client = DashboardHost.ClientOf(app);
        using var page = await Events.OpenAsync(client, "/live");
        (await page.NextAsync()).GetProperty("away").GetBoolean().ShouldBeTrue();
        world.BringDatabaseBack();
        await world.FillAsync();
        JsonElement told;
        do
        {
            told = await page.NextAsync();
        } while (told.GetProperty("away").GetBoolean() || told.GetProperty("runs").GetArrayLength() < 2);
    }

    /// <summary>A stream of server-sent events, read line by line.</summary>
    private sealed class Events : IDisposable
    {
        private readonly HttpResponseMessage _response;
        private readonly StreamReader _reader;

        private Events(HttpResponseMessage response, StreamReader reader)
        {
            _response = response;
            _reader = reader;
        }

        public long LastId { get; private set; }

        public static async Task<Events> OpenAsync(HttpClient client, string path, long? last = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (last is not null)
            {
                request.Headers.Add("Last-Event-ID", $"{last}");
            }

            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
            return new Events(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        }

        public async Task<JsonElement> NextAsync()
        {
            var data = "";
            while (await _reader.ReadLineAsync().WaitAsync(Deadline) is { } line)
            {
                if (line.StartsWith("id: ", StringComparison.Ordinal))
                {
                    LastId = long.Parse(line[4..]);
                }
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    data = line[6..];
                }
                else if (line.Length == 0 && data.Length > 0)
                {
                    return JsonSerializer.Deserialize<JsonElement>(data);
                }
            }

            throw new InvalidOperationException("The stream ended.");
        }

        public async Task<bool> EndAsync()
        {
            try
            {
                while (await _reader.ReadLineAsync().WaitAsync(Deadline) is not null)
                {
                    // What was on its way.
                }

                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }

        public void Dispose()
        {
            _reader.Dispose();
            _response.Dispose();
        }
    }
}
