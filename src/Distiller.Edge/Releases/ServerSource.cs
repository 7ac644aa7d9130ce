using System.Net;
using System.Net.Http.Headers;
using Distiller.Core;
using Distiller.Registry;

namespace Distiller.Edge.Releases;

/// <summary>A registry that <c>distiller serve</c> offers. What breaks off is asked for again from where it broke.</summary>
internal sealed class ServerSource : ReleaseSource
{
    private const int AttemptsMax = 4;
    private const long IndexBytesMax = 4L << 20;
    private static readonly TimeSpan s_silenceMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _http;

    public ServerSource(string address, string? token)
    {
        Place = address.TrimEnd('/');
        _http = new HttpClient(
            // No redirects: the token is for this server and no other.
            new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = s_silenceMax }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public override string Place { get; }

    public override async Task<RegistryIndex> IndexAsync(string work, CancellationToken cancellation)
    {
        var target = Path.Combine(work, RegistryIndex.FileName);
        File.Delete(target);
        var address = $"{Place}/{RegistryIndex.FileName}";
        if (!await FetchAsync(address, target, IndexBytesMax, cancellation))
        {
            throw Bad(address, "There is no registry at this address.");
        }

        return RegistryIndex.Read(target, address);
    }

    public override Task<bool> FetchAsync(
        string release,
        string file,
        string target,
        long bytesMax,
        CancellationToken cancellation
    ) => FetchAsync($"{Place}/{release}/{file}", target, bytesMax, cancellation);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _http.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<bool> FetchAsync(string address, string target, long bytesMax, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = Length(target);
            try
            {
                return await OnceAsync(address, target, bytesMax, cancellation);
            }
            catch (Exception e)
                when (e is HttpRequestException or IOException or TimeoutException
                    && !cancellation.IsCancellationRequested
                )
            {
                // An attempt that brought something does not count: a bad line is no reason to give up.
                attempt = Length(target) > before ? 0 : attempt;
                if (attempt >= AttemptsMax)
                {
                    throw Bad(address, $"It breaks off: {e.Message}", e);
                }

                await Task.Delay(s_pause, cancellation);
            }
        }
    }

    private async Task<bool> OnceAsync(string address, string target, long bytesMax, CancellationToken cancellation)
    {
        var have = Length(target);
        if (have >= bytesMax)
        {
            return true;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
        }

        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(s_silenceMax);
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token);
            if (answer.StatusCode is HttpStatusCode.NotFound)
            {
                return false;
            }

            if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                throw Bad(address, "The server wants a token, or another one.");
            }

            if (answer.StatusCode is HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                return true;
            }

            if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
            {
                throw new HttpRequestException($"the server answers {(int)answer.StatusCode}");
            }

            if (answer.StatusCode is HttpStatusCode.OK && have > 0)
            {
                // The server knows no ranges: from the beginning.
                File.Delete(target);
            }

            await using var body = await answer.Content.ReadAsStreamAsync(silence.Token);
            await AppendAsync(
                new WatchedStream(body, () => silence.CancelAfter(s_silenceMax)),
                target,
                bytesMax,
                silence.Token
            );
            return true;
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing came for {s_silenceMax.TotalSeconds:N0} s", e);
        }
    }

    private static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private static BadInputException Bad(string address, string reason, Exception? inner = null) =>
        new(
            new SourceLocation(address, 0),
            reason,
            "Check the address and the token (--token-file); the same command goes on where this one stopped.",
            inner
        );

    /// <summary>Tells of every read, so that only silence ends a long download.</summary>
    private sealed class WatchedStream(Stream inner, Action read) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            read();
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
