using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Distiller.Dashboard.Access;

/// <summary>
/// Lets in who has a session or shows the token, and a command only with its anti-forgery token. Everything is closed
/// unless its endpoint says <see cref="IAllowAnonymous"/>; a command is never exempt by what its endpoint says alone, see
/// <see cref="JsonCommandAttribute"/>.
/// </summary>
internal sealed class AccessGate(
    RequestDelegate next,
    ListeningPlace place,
    LogInLimit limit,
    IAntiforgery antiforgery,
    ILogger<AccessGate> log
)
{
    private const string Bearer = "Bearer";

    public async Task InvokeAsync(HttpContext context)
    {
        if (place.Token is { } token)
        {
            var shown = BearerToken(context.Request);
            if (shown is not null)
            {
                var result = limit.Try(context.Connection.RemoteIpAddress, () => token.Is(shown));
                if (!result.IsRight)
                {
                    await RefuseTokenAsync(context, result);
                    return;
                }

                context.User = new ClaimsPrincipal(
                    new ClaimsIdentity(
                        [new Claim(ClaimTypes.Name, $"a script at {context.Connection.RemoteIpAddress}")],
                        Bearer
                    )
                );
            }

            if (context.User.Identity is not { IsAuthenticated: true } && !IsOpen(context))
            {
                await AskAsync(context);
                return;
            }
        }

        // A page of another site cannot make a browser send a bearer token, so there is nothing to forge.
        var isScript = context.User.Identity?.AuthenticationType == Bearer;
        if (StrangerGuard.IsCommand(context.Request.Method) && !isScript && !JsonCommandAttribute.IsExempt(context))
        {
            try
            {
                await antiforgery.ValidateRequestAsync(context);
            }
            catch (AntiforgeryValidationException e)
            {
                log.LogWarning("A command without a valid anti-forgery token was refused: {Reason}", e.Message);
                await Refusal.WriteAsync(
                    context,
                    StatusCodes.Status400BadRequest,
                    "This form is out of date, or was not made by this server. Go back, reload the page and try again."
                );
                return;
            }
        }

        await next(context);
    }

    private static bool IsOpen(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    private static string? BearerToken(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer + " ", StringComparison.OrdinalIgnoreCase)
            ? header[(Bearer.Length + 1)..].Trim()
            : null;
    }

    private Task RefuseTokenAsync(HttpContext context, LogInResult result)
    {
        if (result.RetryAfter is not null)
        {
            context.Response.Headers.RetryAfter = result.RetryAfterSeconds;
            return Refusal.WriteAsync(
                context,
                StatusCodes.Status429TooManyRequests,
                "Too many failed tries. Wait a little."
            );
        }

        log.LogWarning("A wrong token from {Address} was refused", context.Connection.RemoteIpAddress);
        context.Response.Headers.WWWAuthenticate = Bearer;
        return Refusal.WriteAsync(context, StatusCodes.Status401Unauthorized, "The token is not right.");
    }

    private static Task AskAsync(HttpContext context)
    {
        var request = context.Request;
        var isPage =
            HttpMethods.IsGet(request.Method)
            && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
        if (isPage)
        {
            context.Response.Redirect(LogInPage.PathFor(request.PathBase + request.Path + request.QueryString));
            return Task.CompletedTask;
        }

        context.Response.Headers.WWWAuthenticate = Bearer;
        return Refusal.WriteAsync(
            context,
            StatusCodes.Status401Unauthorized,
            "A token is needed. Log in at /login, or send the header Authorization: Bearer TOKEN."
        );
    }
}

/// <summary>An answer of a few plain words.</summary>
internal static class Refusal
{
    public static Task WriteAsync(HttpContext context, int status, string words)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(words + "\n", context.RequestAborted);
    }
}
