using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;

namespace Distiller.Tests.Dashboard;

/// <summary>A real listener on loopback that keeps what it is sent and answers as it is told.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly IHost _host;

    private Receiver(IHost host, Uri address)
    {
        _host = host;
        Address = address;
    }

    public Uri Address { get; }

    public ConcurrentQueue<Post> Posts { get; } = new();

    /// <summary>The status of the answer to the n-th POST, from 0.</summary>
    public Func<int, int> Answer { get; set; } = _ => 200;

    /// <param name="port">0 for any free one.</param>
    public static async Task<Receiver> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        Receiver? receiver = null;
        var count = -1;
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString());
            var status = receiver!.Answer(Interlocked.Increment(ref count));
            if (status is >= 300 and < 400)
            {
                context.Response.Headers.Location = "/elsewhere";
            }

            context.Response.StatusCode = status;
            receiver.Posts.Enqueue(new Post(context.Request.Path, headers, body.ToArray(), status));
        });
        await app.StartAsync();
        receiver = new Receiver(app, new Uri(app.Urls.First()));
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    internal sealed record Post(string Path, Dictionary<string, string> Headers, byte[] Body, int Status);
}
