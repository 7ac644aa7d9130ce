using System.Net;
using System.Text.RegularExpressions;
using Distiller.Dashboard;
using Distiller.Jobs.Scheduling.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using JobStorage = Hangfire.JobStorage;

namespace Distiller.Tests.Dashboard;

/// <summary>The real server on a free port of loopback, over a SQLite store, and a browser without script.</summary>
internal sealed class RunningDashboard : IAsyncDisposable
{
    public const string Token = "0123456789abcdef0123456789abcdef-right";
    public const string WrongToken = "fedcba9876543210fedcba9876543210-wrong";

    private readonly WebApplication _app;

    private RunningDashboard(WebApplication app, RunStore store, MovedClock clock, KeptLog log)
    {
        _app = app;
        Store = store;
        Clock = clock;
        Log = log;
        Address = new Uri(app.Urls.First());
        Browser = NewBrowser();
    }

    public RunStore Store { get; }

    public MovedClock Clock { get; }

    public KeptLog Log { get; }

    public Uri Address { get; }

    /// <summary>Keeps cookies, follows no redirect.</summary>
    public HttpClient Browser { get; }

    public HealthBoard Health => _app.Services.GetRequiredService<HealthBoard>();

    public IServiceProvider Services => _app.Services;

    /// <summary>Method and path of everything that is mapped; parameters are filled in.</summary>
    public IReadOnlyList<(string Method, string Path)> Mapped =>
        [
            .. _app
                .Services.GetServices<EndpointDataSource>()
                .SelectMany(s => s.Endpoints)
                .OfType<RouteEndpoint>()
                .SelectMany(e =>
                    (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"]).Select(m =>
                        (m, "/" + Regex.Replace(e.RoutePattern.RawText!.TrimStart('/'), @"\{[^}]*\}", "x"))
                    )
                ),
        ];

    public static async Task<RunningDashboard> StartAsync(
        TemporaryFolder home,
        Func<DashboardOptions, DashboardOptions>? set = null,
        Action<WebApplication>? map = null,
        RunDatabase? database = null,
        MovedClock? clock = null,
        JobStorage? jobs = null
    )
    {
        var options = new DashboardOptions { Home = home.Path, Port = 0 };
        options = set?.Invoke(options) ?? options;
        clock ??= new MovedClock();
        var store = new RunStore(database ?? RunDatabase.Sqlite(home[".serve/distiller.db"]), clock);
        if (database is null)
        {
            await store.PrepareAsync();
        }

        var log = new KeptLog();
        var app = DashboardServer.Build(
            options,
            store,
            new RunCommands(store, clock),
            clock,
            builder =>
            {
                if (jobs is not null)
                {
                    builder.Services.AddSingleton(jobs);
                }

                builder.Logging.ClearProviders();
                builder.Logging.AddProvider(log);
                builder.Logging.AddFilter<KeptLog>(_ => true);
            }
        );
        map?.Invoke(app);
        await app.StartAsync();
        return new RunningDashboard(app, store, clock, log);
    }

    public HttpClient NewBrowser() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() })
        {
            BaseAddress = Address,
        };

    /// <summary>Fills in the log-in page's form and sends it.</summary>
    public async Task<HttpResponseMessage> LogInAsync(string token, string query = "", HttpClient? browser = null)
    {
        browser ??= Browser;
        var page = await browser.GetStringAsync("/login" + query);
        var fields = Regex
            .Matches(page, """<input type="hidden" name="([^"]*)" value="([^"]*)">""")
            .ToDictionary(m => m.Groups[1].Value, m => WebUtility.HtmlDecode(m.Groups[2].Value));
        fields["token"] = token;
        return await browser.PostAsync("/login", new FormUrlEncodedContent(fields));
    }

    public Task<HttpResponseMessage> SendAsync(
        string method,
        string path,
        params ReadOnlySpan<(string Name, string Value)> headers
    )
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        // A stream of events has no end.
        return Browser.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Store.Database.Dispose();
    }
}
