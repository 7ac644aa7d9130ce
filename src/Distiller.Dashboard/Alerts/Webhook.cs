using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Polly;
using Polly.Retry;

namespace Distiller.Dashboard.Alerts;

/// <summary>
/// Posts JSON to a receiver and tries again a few times where the fault may pass. With a secret it signs:
/// <c>X-Distiller-Signature: sha256=HEX</c> is the HMAC-SHA256 of the time in <c>X-Distiller-Timestamp</c> (seconds since
/// 1970), a dot and the body.
/// </summary>
internal sealed class Webhook : IDisposable
{
    public const string SignatureHeader = "X-Distiller-Signature";
    public const string TimestampHeader = "X-Distiller-Timestamp";

    /// <summary>The same for every try of one alert, so that a receiver can drop what it has already.</summary>
    public const string DeliveryHeader = "X-Distiller-Delivery";

    private const int RetriesMax = 2;
    private static readonly TimeSpan ConnectTimeMax = TimeSpan.FromSeconds(5);

    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;
    private readonly ResiliencePipeline<string?> _retry;

    public Webhook(WebhookOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        var handler = new SocketsHttpHandler
        {
            // What leads elsewhere could lead to a machine that only this one can reach.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectTimeMax,
        };
        _client = new HttpClient(handler) { Timeout = options.Timeout };
        _retry = new ResiliencePipelineBuilder<string?>()
            .AddRetry(
                new RetryStrategyOptions<string?>
                {
                    MaxRetryAttempts = RetriesMax,
                    Delay = options.RetryDelay,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldHandle = new PredicateBuilder<string?>().HandleResult(fault => fault is { Length: > 0 }),
                }
            )
            .Build();
    }

    /// <returns>Null when it was received; else why not, without the URL.</returns>
    public async Task<string?> PostAsync(string delivery, string body, CancellationToken cancellation)
    {
        var lasting = (string?)null;
        var fault = await _retry.ExecuteAsync(
            async token =>
            {
                try
                {
                    var status = await PostOnceAsync(delivery, body, token);
                    var words = $"the receiver answered {(int)status}";
                    if (!MayPass(status))
                    {
                        lasting = (int)status is >= 200 and < 300 ? null : words;
                        return null;
                    }

                    return words;
                }
                catch (HttpRequestException e)
                {
                    // Its message may name the URL.
                    return e.InnerException is SocketException socket
                        ? $"no connection ({socket.SocketErrorCode})"
                        : $"no connection ({e.HttpRequestError})";
                }
                catch (TaskCanceledException) when (!token.IsCancellationRequested)
                {
                    return string.Create(
                        CultureInfo.InvariantCulture,
                        $"no answer within {_options.Timeout.TotalSeconds} s"
                    );
                }
            },
            cancellation
        );
        return fault ?? lasting;
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpStatusCode> PostOnceAsync(string delivery, string body, CancellationToken cancellation)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Alerts.Webhook)
        {
            Content = new ByteArrayContent(bytes),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.TryAddWithoutValidation(DeliveryHeader, delivery);
        if (_options.Secret is { } secret)
        {
            var at = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            request.Headers.TryAddWithoutValidation(TimestampHeader, at);
            request.Headers.TryAddWithoutValidation(SignatureHeader, "sha256=" + Sign(secret, at, bytes));
        }

        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return response.StatusCode;
    }

    private static string Sign(string secret, string at, byte[] body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(at + "."), .. body];
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
    }

    private static bool MayPass(HttpStatusCode status) =>
        status
            is HttpStatusCode.RequestTimeout
                or HttpStatusCode.TooManyRequests
                or >= HttpStatusCode.InternalServerError;
}
