using System.Net;
using System.Text.RegularExpressions;
using Distiller.Dashboard;
using Distiller.Dashboard.Reading;
using Distiller.Jobs.Scheduling.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Distiller.Tests.Dashboard;

/// <summary>The real server on a free port, for all tests of this folder; started with the first, ended with the last.</summary>
[SetUpFixture]
internal sealed class DashboardHost
{
    private static readonly Lazy<Task<DashboardHost>> Shared = new(StartAsync);
    private WebApplication _app = null!;

    public static async Task<DashboardHost> Async() => await Shared.Value;

    public DashboardWorld World { get; private set; } = null!;

    public string Address { get; private set; } = "";

    public IServiceProvider Services => _app.Services;

    /// <summary>Redirects are not followed.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>A server of its own over a world.</summary>
    public static async Task<WebApplication> ServeAsync(DashboardWorld world)
    {
        var app = DashboardServer.Build(
            new DashboardOptions { Home = world.Home, Port = 0 },
            world.Store,
            new RunCommands(world.Store, world.Clock),
            world.Clock
        );
        await app.StartAsync();
        return app;
    }

    public static HttpClient ClientOf(WebApplication app) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() })
        {
            BaseAddress = new Uri(app.Urls.First()),
            Timeout = TimeSpan.FromSeconds(60),
        };

    /// <summary>The token in the form of a page that was fetched with this client.</summary>
    public static async Task<string> TokenAsync(HttpClient client, string path)
    {
        var page = await client.GetStringAsync(path);
        var found = Regex.Match(page, "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"");
        found.Success.ShouldBeTrue($"{path} has no form");
        return found.Groups[1].Value;
    }

    public static async Task<HttpResponseMessage> PostAsync(
        HttpClient client,
        string path,
        string? token,
        params (string Name, string Value)[] fields
    )
    {
        var form = fields.Select(f => KeyValuePair.Create(f.Name, f.Value));
        if (token is not null)
        {
            form = form.Append(KeyValuePair.Create("__RequestVerificationToken", token));
        }

        using var content = new FormUrlEncodedContent(form);
        return await client.PostAsync(path, content);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await DashboardBrowser.CloseAsync();
        if (Shared.IsValueCreated)
        {
            var host = await Shared.Value;
            host.Client.Dispose();
            await host._app.StopAsync();
            await host._app.DisposeAsync();
            host.World.Dispose();
        }
    }

    private static async Task<DashboardHost> StartAsync()
    {
        var world = new DashboardWorld();
        await world.FillAsync();
        var app = await ServeAsync(world);
        // A busy machine takes longer for the first look than a page waits for it.
        var folder = app.Services.GetRequiredService<TenantFolder>();
        foreach (var tenant in await world.Store.Tenants.ListAsync())
        {
            await folder.Catalog(tenant).RefreshAsync();
        }

        return new DashboardHost
        {
            World = world,
            _app = app,
            Address = app.Urls.First(),
            Client = ClientOf(app),
        };
    }
}
