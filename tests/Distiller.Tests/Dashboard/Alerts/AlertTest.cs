using System.Net;
using System.Text.Json;
using Distiller.Dashboard.Alerts;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Tests.Dashboard.Telemetry;
using Microsoft.Extensions.Logging;

namespace Distiller.Tests.Dashboard.Alerts;

/// <summary>A store, a clock that is moved by hand, and somebody who receives the alerts.</summary>
internal abstract class AlertTest
{
    protected const string Secret = "a shared secret";

    private protected TemporaryFolder Home { get; private set; } = null!;

    private protected RunDatabase Database { get; private set; } = null!;

    private protected MovedClock Clock { get; private set; } = null!;

    private protected RunStore Store { get; private set; } = null!;

    private protected HealthBoard Health { get; private set; } = null!;

    private protected KeptLog Log { get; private set; } = null!;

    private protected Receiver Receiver { get; set; } = null!;

    [SetUp]
    public async Task BeginAsync()
    {
        Home = new TemporaryFolder();
        Database = RunDatabase.Sqlite(Home["db"]);
        Clock = new MovedClock();
        Store = new RunStore(Database, Clock);
        await Store.PrepareAsync();
        Health = new HealthBoard(Clock);
        Log = new KeptLog();
        Receiver = await Receiver.StartAsync();
    }

    [TearDown]
    public async Task EndAsync()
    {
        await Receiver.DisposeAsync();
        Database.Dispose();
        Log.Dispose();
        Home.Dispose();
    }

    private protected static string Text(Receiver.Post post)
    {
        using var json = JsonDocument.Parse(post.Body);
        return json.RootElement.GetProperty("text").GetString()!;
    }

    private protected static WebhookOptions Options(int port, string? secret) =>
        new(new AlertSettings(new Uri($"http://{IPAddress.Loopback}:{port}/hook/very-secret-path")))
        {
            Secret = secret,
            Late = TimeSpan.FromHours(6),
            RetryDelay = TimeSpan.FromMilliseconds(10),
        };

    private protected Task AddAsync(RunState state, RunFigures? figures = null, string tenant = "acme") =>
        Store.AddAsync(Nights.Over(tenant, Clock.GetUtcNow(), state, figures));

    /// <summary>What one server does in one round; a new one each time, as after a restart.</summary>
    private protected async Task PassAsync(int? port = null, string? secret = Secret)
    {
        var options = Options(port ?? Receiver.Address.Port, secret);
        using var webhook = new Webhook(options, Clock);
        using var logs = LoggerFactory.Create(l => l.AddProvider(Log));
        using var loop = new AlertLoop(options, webhook, Store, Health, Clock, logs.CreateLogger<AlertLoop>());
        await loop.PassAsync(CancellationToken.None);
    }
}
