using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Distiller.Dashboard.Access;

/// <summary>Logging in and out, with forms that need no script.</summary>
internal sealed class LogInPage(
    ListeningPlace place,
    LogInLimit limit,
    IAntiforgery antiforgery,
    TimeProvider time,
    ILogger<LogInPage> log
)
{
    public const string Path = "/login";
    public const string LogOutPath = "/logout";
    public const string StylePath = "/login.css";

    public const string Style = """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
        main { width: min(22rem, calc(100vw - 2rem)); }
        h1 { font-size: 1.4rem; margin: 0 0 1rem; }
        label { display: block; margin-bottom: .25rem; }
        input, button { box-sizing: border-box; width: 100%; font: inherit; padding: .6rem .7rem; border-radius: .4rem; }
        input { border: 1px solid #767676; }
        button { margin-top: .8rem; border: 0; background: #155e75; color: #fff; cursor: pointer; }
        input:focus-visible, button:focus-visible { outline: 3px solid #60a5fa; outline-offset: 2px; }
        .error { border-left: .3rem solid #dc2626; padding-left: .7rem; }
        .hint { opacity: .75; font-size: .9rem; }
        """;

    /// <summary>The page that leads back to <paramref name="target"/>.</summary>
    public static string PathFor(string target) =>
        target is "/" or "" ? Path : $"{Path}?to={Uri.EscapeDataString(target)}";

    public Task ShowAsync(HttpContext context)
    {
        var target = Local(context.Request.Query["to"]);
        if (place.Token is null || context.User.Identity is { IsAuthenticated: true })
        {
            context.Response.Redirect(target);
            return Task.CompletedTask;
        }

        return WriteAsync(context, StatusCodes.Status200OK, target, null);
    }

    public async Task LogInAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var target = Local(form["to"]);
        if (place.Token is not { } token)
        {
            SeeOther(context, target);
            return;
        }

        var result = limit.Try(context.Connection.RemoteIpAddress, () => token.Is(form["token"].ToString().Trim()));
        if (result.IsRight)
        {
            log.LogInformation("Logged in from {Address}", context.Connection.RemoteIpAddress);
            await context.SignInAsync(
                Session.Scheme,
                Session.Begin(token, context.Connection.RemoteIpAddress, time.GetUtcNow())
            );
            SeeOther(context, target);
        }
        else if (result.RetryAfter is not null)
        {
            context.Response.Headers.RetryAfter = result.RetryAfterSeconds;
            var words = $"Too many failed tries. Wait {result.RetryAfterSeconds} s.";
            await WriteAsync(context, StatusCodes.Status429TooManyRequests, target, words);
        }
        else
        {
            log.LogWarning("A log-in from {Address} failed", context.Connection.RemoteIpAddress);
            await WriteAsync(context, StatusCodes.Status401Unauthorized, target, "That did not work.");
        }
    }

    public static async Task LogOutAsync(HttpContext context)
    {
        await context.SignOutAsync(Session.Scheme);
        SeeOther(context, Path);
    }

    /// <summary>A path of this server, whatever was asked: a log-in must not lead to another site.</summary>
    internal static string Local(string? target) =>
        target is ['/', ..]
        && target is not ['/', '/' or '\\', ..]
        && !target.Any(char.IsControl)
        && !target.StartsWith(Path, StringComparison.OrdinalIgnoreCase)
            ? target
            : "/";

    private static void SeeOther(HttpContext context, string target)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = target;
    }

    private Task WriteAsync(HttpContext context, int status, string target, string? error)
    {
        var tokens = antiforgery.GetAndStoreTokens(context);
        var html = HtmlEncoder.Default;
        var alert = error is null ? "" : $"<p class=\"error\" role=\"alert\">{html.Encode(error)}</p>";
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Log in · Distiller</title>
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="{StylePath}">
            </head>
            <body>
            <main>
            <h1>Distiller</h1>
            {alert}
            <form method="post" action="{Path}">
            <input type="hidden" name="{html.Encode(tokens.FormFieldName)}" value="{html.Encode(tokens.RequestToken!)}">
            <input type="hidden" name="to" value="{html.Encode(target)}">
            <label for="token">Token</label>
            <input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
            <button type="submit">Log in</button>
            </form>
            <p class="hint">The token is the one the server was started with (--token-file).</p>
            </main>
            </body>
            </html>
            """,
            context.RequestAborted
        );
    }
}

/// <summary>How a try to log in went.</summary>
/// <param name="RetryAfter">Not null: it was not looked at, because too many failed before.</param>
internal readonly record struct LogInResult(bool IsRight, TimeSpan? RetryAfter)
{
    /// <summary>Whole seconds, at least one.</summary>
    public string RetryAfterSeconds => ((int)Math.Max(1, Math.Ceiling(RetryAfter?.TotalSeconds ?? 0))).ToString();
}
