using System.Globalization;
using System.Net;
using System.Security.Claims;
using Distiller.Core;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Distiller.Dashboard.Access;

/// <summary>A browser's session: a signed and encrypted cookie, bound to the token with which it was begun.</summary>
internal static class Session
{
    public const string Scheme = "Session";
    public const string CookieName = "distiller-session";
    private const string TokenClaim = "token";
    private const string BeganClaim = "began";

    // However busy it is.
    private static readonly TimeSpan AgeMax = TimeSpan.FromDays(7);

    /// <param name="from">Tells people apart where commands are logged; all of them hold the same token.</param>
    public static ClaimsPrincipal Begin(AccessToken token, IPAddress? from, DateTimeOffset now) =>
        new(
            new ClaimsIdentity(
                [
                    new Claim(ClaimTypes.NameIdentifier, "person"),
                    new Claim(ClaimTypes.Name, $"somebody at {from}"),
                    new Claim(TokenClaim, token.Fingerprint),
                    new Claim(BeganClaim, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
                ],
                Scheme
            )
        );

    public static Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var token = context.HttpContext.RequestServices.GetRequiredService<ListeningPlace>().Token;
        var now = context.HttpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        if (
            token is null
            || context.Principal?.FindFirstValue(TokenClaim) != token.Fingerprint
            || !long.TryParse(context.Principal.FindFirstValue(BeganClaim), CultureInfo.InvariantCulture, out var began)
            || now - DateTimeOffset.FromUnixTimeSeconds(began) > AgeMax
        )
        {
            context.RejectPrincipal();
        }

        return Task.CompletedTask;
    }
}

/// <summary>
/// Adds <c>__Host-</c> to the names of cookies that travel by HTTPS: browsers then refuse one that another host of the
/// domain, or anyone on the unencrypted way, tries to plant.
/// </summary>
internal sealed class PrefixedCookies : ICookieManager
{
    private readonly ChunkingCookieManager _inner = new();

    public string? GetRequestCookie(HttpContext context, string key) =>
        _inner.GetRequestCookie(context, Name(context, key));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        _inner.AppendResponseCookie(context, Name(context, key), value, options);

    public void DeleteCookie(HttpContext context, string key, CookieOptions options) =>
        _inner.DeleteCookie(context, Name(context, key), options);

    private static string Name(HttpContext context, string key) => context.Request.IsHttps ? "__Host-" + key : key;
}
