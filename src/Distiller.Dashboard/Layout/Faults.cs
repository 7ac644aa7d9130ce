using System.Data.Common;
using System.Net.Sockets;
using Distiller.Core;
using Distiller.Jobs.Scheduling.Store;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace Distiller.Dashboard.Layout;

/// <summary>Faults that a person can do something about become a page that says what; all others are the server's.</summary>
internal static class Faults
{
    public static async Task TellAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (Exception e) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            if (Page(e, http) is not { } page)
            {
                throw;
            }

            // A renderer begins once in a scope, and the page that failed has begun in this one.
            var services = http.RequestServices;
            await using var scope = services.CreateAsyncScope();
            http.RequestServices = scope.ServiceProvider;
            http.Response.Clear();
            await page.ExecuteAsync(http);
            http.RequestServices = services;
        }
    }

    /// <summary>For an address that names nothing.</summary>
    public static IResult NotFound(HttpContext http) =>
        Page(
            StatusCodes.Status404NotFound,
            "There is no such page",
            $"Nothing is at {http.Request.Path}.",
            "Begin at the overview.",
            "/"
        );

    private static RazorComponentResult<FaultPage>? Page(Exception fault, HttpContext http) =>
        fault switch
        {
            RunCommandException e => Page(
                StatusCodes.Status409Conflict,
                "That cannot be done now",
                e.Message,
                e.Remedy,
                Back(http)
            ),
            BadInputException e => Page(
                StatusCodes.Status422UnprocessableEntity,
                "A file cannot be used",
                $"{e.Place}: {e.Reason}",
                e.Remedy,
                Back(http)
            ),
            AntiforgeryValidationException or BadHttpRequestException => Page(
                StatusCodes.Status400BadRequest,
                "The form has expired",
                "The command did not come from a page of this server, or the page was open since before a restart.",
                "Load the page again and press the button once more.",
                Back(http)
            ),
            DbException or TimeoutException or SocketException => Page(
                StatusCodes.Status503ServiceUnavailable,
                "The database cannot be asked",
                fault.Message,
                "Nights that run go on. This page works again by itself as soon as the database answers.",
                http.Request.Path
            ),
            _ => null,
        };

    /// <summary>The page whose form was sent, if it is one of ours.</summary>
    private static string Back(HttpContext http) =>
        Uri.TryCreate(http.Request.Headers.Referer, UriKind.Absolute, out var page)
        && page.Authority == http.Request.Host.Value
            ? page.PathAndQuery
            : "/";

    private static RazorComponentResult<FaultPage> Page(
        int status,
        string title,
        string reason,
        string remedy,
        string back
    ) =>
        new(
            new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                [nameof(FaultPage.Title)] = title,
                [nameof(FaultPage.Reason)] = reason,
                [nameof(FaultPage.Remedy)] = remedy,
                [nameof(FaultPage.Back)] = back,
            }
        )
        {
            StatusCode = status,
        };
}
