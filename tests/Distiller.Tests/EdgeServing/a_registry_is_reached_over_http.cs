using System.Net;
using System.Net.Sockets;
using System.Text;
using Distiller.Edge.Releases;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Tests.Dashboard;

namespace Distiller.Tests.EdgeServing;

internal sealed class a_registry_is_reached_over_http
{
    private EdgeBench _bench;

    [SetUp]
    public void Begin() => _bench = new EdgeBench();

    [TearDown]
    public void End() => _bench.Dispose();

    [Test]
    public async Task which_serve_offers_behind_its_token()
    {
        var release = _bench.Publish();
        using var home = new TemporaryFolder();
        await using var server = await RunningDashboard.StartAsync(
            home,
            o => o with { Token = RunningDashboard.Token }
        );
        await server.Store.Tenants.SetAsync([
            new TenantStatus(
                "desk",
                home.Path,
                _bench.Registry.Folder,
                _bench.BasePath,
                "01:30",
                "UTC",
                "",
                null,
                false
            ),
        ]);

        foreach (var place in (string[])["registry", "registry/desk"])
        {
            var address = new Uri(server.Address, place).ToString();
            using var source = ReleaseSource.Open(address, RunningDashboard.Token);
            var store = new EdgeStore(_bench[place.Replace('/', '-')], TimeProvider.System);
            (await store.PullAsync(source, new PullOptions())).Release.ShouldBe(release.Id);
        }

        using var stranger = ReleaseSource.Open(new Uri(server.Address, "registry").ToString());
        var refused = await Should.ThrowAsync<BadInputException>(() =>
            _bench.Store.PullAsync(stranger, new PullOptions())
        );
        refused.Reason.ShouldContain("token");
        // Nothing but what an edge needs leaves the server.
        using var lineage = await server.SendAsync(
            "GET",
            $"/registry/{release.Id}/lineage.json",
            ("Authorization", $"Bearer {RunningDashboard.Token}")
        );
        lineage.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task one_that_breaks_off_is_asked_for_the_rest()
    {
        var release = _bench.Publish();
        var broken = 0;
        await using var server = new FileServer(
            _bench.Registry.Folder,
            (path, bytes) =>
            {
                var breaks = path.EndsWith(".gguf", StringComparison.Ordinal) && broken++ < 3;
                return breaks ? bytes / 3 : bytes;
            }
        );
        using var source = ReleaseSource.Open(server.Address);

        (await _bench.Store.PullAsync(source, new PullOptions())).Release.ShouldBe(release.Id);
        broken.ShouldBeGreaterThanOrEqualTo(3);
    }

    [Test]
    public async Task one_that_serves_half_a_file_for_ever_is_given_up_and_gone_on_with_later()
    {
        _bench.Publish();
        var whole = false;
        await using var server = new FileServer(
            _bench.Registry.Folder,
            (path, bytes) => path.EndsWith(".gguf", StringComparison.Ordinal) && !whole ? 0 : bytes
        );
        using var source = ReleaseSource.Open(server.Address);
        var refused = await Should.ThrowAsync<BadInputException>(() =>
            _bench.Store.PullAsync(source, new PullOptions())
        );
        refused.Reason.ShouldContain("breaks off");
        whole = true;

        (await _bench.Store.PullAsync(source, new PullOptions())).WasHere.ShouldBeFalse();
    }

    [Test]
    public async Task one_that_serves_somebody_elses_release_is_refused()
    {
        var one = _bench.Publish(1);
        var two = _bench.Publish(2);
        await using var server = new FileServer(
            _bench.Registry.Folder,
            (_, bytes) => bytes,
            path => path.Replace(two.Id, one.Id, StringComparison.Ordinal)
        );
        using var source = ReleaseSource.Open(server.Address);

        var refused = await Should.ThrowAsync<BadInputException>(() =>
            _bench.Store.PullAsync(source, new PullOptions())
        );

        refused.Reason.ShouldContain("Its id is not the name of its folder");
    }

    /// <summary>The files of a registry over HTTP/1.1, broken off where a test says so.</summary>
    private sealed class FileServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly string _folder;
        private readonly Func<string, long, long> _sent;
        private readonly Func<string, string> _read;
        private readonly Task _work;

        /// <param name="sent">How many of the bytes that were asked for are sent.</param>
        /// <param name="read">Which file is read in place of another.</param>
        public FileServer(string folder, Func<string, long, long> sent, Func<string, string>? read = null)
        {
            _folder = folder;
            _sent = sent;
            _read = read ?? (path => path);
            _listener.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
            _work = WorkAsync();
        }

        public string Address { get; }

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _work;
        }

        private async Task WorkAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    await AnswerAsync(client.GetStream());
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It was stopped.
            }
        }

        private async Task AnswerAsync(NetworkStream stream)
        {
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            var path = (await reader.ReadLineAsync() ?? "").Split(' ')[1];
            long from = 0;
            while (await reader.ReadLineAsync() is { Length: > 0 } line)
            {
                if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
                {
                    from = long.Parse(line["Range: bytes=".Length..].TrimEnd('-'));
                }
            }

            var content = path.EndsWith("index.json", StringComparison.Ordinal)
                ? Registry.RegistryIndex.Of(_folder).Write()
                : await File.ReadAllBytesAsync(Path.Combine(_folder, _read(path).TrimStart('/')));
            var rest = content.AsMemory((int)Math.Min(from, content.Length));
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 {(from > 0 ? "206 Partial Content" : "200 OK")}\r\nContent-Length: {rest.Length}\r\nConnection: close\r\n\r\n"
                )
            );
            await stream.WriteAsync(rest[..(int)_sent(path, rest.Length)]);
        }
    }
}
