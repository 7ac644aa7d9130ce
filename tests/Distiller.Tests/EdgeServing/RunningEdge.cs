using System.ClientModel;
using Distiller.Edge.Serving;
using Distiller.EdgeServer;
using Microsoft.AspNetCore.Builder;
using OpenAI;

namespace Distiller.Tests.EdgeServing;

/// <summary>An edge server at a free port of this machine.</summary>
internal sealed class RunningEdge : IAsyncDisposable
{
    private readonly WebApplication _server;

    private RunningEdge(WebApplication server, EdgeHost host)
    {
        _server = server;
        Host = host;
        Http = new HttpClient { BaseAddress = new Uri(server.Urls.First()) };
    }

    public EdgeHost Host { get; }

    public HttpClient Http { get; }

    public static async Task<RunningEdge> StartAsync(EdgeHost host, EdgeServerOptions? options = null)
    {
        var server = EdgeWebServer.Build(
            (options ?? new EdgeServerOptions()) with
            {
                Port = 0,
                LookEvery = TimeSpan.FromMilliseconds(50),
            },
            host
        );
        await server.StartAsync();
        return new RunningEdge(server, host);
    }

    /// <summary>The official client, as anybody would make it.</summary>
    public OpenAIClient Client(string key = "none") =>
        new(
            new ApiKeyCredential(key),
            new OpenAIClientOptions
            {
                Endpoint = new Uri(Http.BaseAddress!, "v1"),
                RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0),
            }
        );

    public Task StopAsync() => _server.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
        Host.Dispose();
    }
}
