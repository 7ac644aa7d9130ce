using System.Globalization;
using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
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
