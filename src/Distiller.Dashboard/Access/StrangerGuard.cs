using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Distiller.Dashboard.Access;

/// <summary>
/// Refuses what a stranger's page makes a browser send: commands from another site, and, where no token is asked,
/// whatever comes under a name that is not this machine's (DNS rebinding) or through a proxy.
/// </summary>
internal sealed class StrangerGuard(RequestDelegate next, ListeningPlace place)
{
    private static readonly string[] ProxyHeaders = ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via"];

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (place.Token is null && !place.IsOwnName(request.Host.Host))
        {
            return Refusal.WriteAsync(
                context,
                StatusCodes.Status403Forbidden,
                "Without a token this server answers only to localhost, 127.0.0.1 and [::1]. "
                    + "To reach it by another name, start it with --token-file."
            );
        }

        if (place.Token is null && ProxyHeaders.Any(request.Headers.ContainsKey))
        {
            return Refusal.WriteAsync(
                context,
                StatusCodes.Status403Forbidden,
                "Without a token this server answers nobody behind a proxy. Start it with --token-file."
            );
        }

        return IsCommand(request.Method) && !IsOwnSite(request)
            ? Refusal.WriteAsync(context, StatusCodes.Status403Forbidden, "Commands from another site are refused.")
            : next(context);
    }

    /// <summary>Whether a method may change something.</summary>
    public static bool IsCommand(string method) =>
        !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method));

    private static bool IsOwnSite(HttpRequest request)
    {
        // Browsers send it and no page can forge it; "none" is a person's own doing, such as a bookmark.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0 && site is not ("same-origin" or "none"))
        {
            return false;
        }

        var origin = request.Headers[HeaderNames.Origin].ToString();
        return origin.Length == 0
            || (
                Uri.TryCreate(origin, UriKind.Absolute, out var from)
                && Uri.TryCreate($"{from.Scheme}://{request.Host.Value}", UriKind.Absolute, out var here)
                && from.Authority.Equals(here.Authority, StringComparison.OrdinalIgnoreCase)
            );
    }
}
