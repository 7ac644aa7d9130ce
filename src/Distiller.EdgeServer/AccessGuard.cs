using System.Net;
using Distiller.EdgeServer.OpenAi;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Distiller.EdgeServer;

/// <summary>
/// Lets in who shows the token; without one only requests that name this machine (a stranger's page that leads a browser
/// here by another name is refused), and none that a page of another site sends.
/// </summary>
internal sealed class AccessGuard(RequestDelegate next, EdgeServerOptions options)
{
    private const string Bearer = "Bearer ";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (options.Token is not { } token)
        {
            return !IsOwnName(request.Host.Host)
                    ? Refuse(context, "Without a token this server answers only to localhost, 127.0.0.1 and [::1].")
                : request.Headers.ContainsKey(HeaderNames.Origin) && !IsOwnOrigin(request)
                    ? Refuse(context, "Without a token this server answers no page of another site.")
                : next(context);
        }

        var shown = request.Headers.Authorization.ToString();
        if (
            request.Path == EdgeWebServer.HealthPath
            || (shown.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && token.Is(shown[Bearer.Length..].Trim()))
        )
        {
            return next(context);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return ApiError
            .Of(
                StatusCodes.Status401Unauthorized,
                "The token is missing or wrong: send it as the API key.",
                "invalid_api_key"
            )
            .WriteAsync(context);
    }

    private static bool IsOwnName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool IsOwnOrigin(HttpRequest request) =>
        Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out var origin) && IsOwnName(origin.Host);

    private static Task Refuse(HttpContext context, string reason) =>
        ApiError.Of(StatusCodes.Status403Forbidden, reason, "forbidden").WriteAsync(context);
}
