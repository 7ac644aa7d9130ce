using Distiller.Dashboard.Layout;
using Distiller.Runs;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Distiller.Dashboard.Commands;

/// <summary>What the pages' forms ask for. Each writes a wish down and sends the reader back to the page it came from.</summary>
internal static class CommandEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var commands = routes.MapGroup("").DisableAntiforgery().AddEndpointFilter(TokenIsRequired);
        commands.MapPost("/jobs/{id}/wish", WishAsync);
        commands.MapPost("/tenants/{name}/run", RunNowAsync);
        commands.MapPost("/tenants/{name}/hold", HoldAsync);
    }

    private static async Task<IResult> WishAsync(string id, HttpContext http, RunDoor door)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (!Enum.TryParse<RunWish>(form["wish"], out var wish) || wish == RunWish.None)
        {
            throw new RunDoorException("That is no command.", "Use the buttons of the run's page.");
        }

        await door.WishAsync(id, wish, Who(http), http.RequestAborted);
        return SeeOther(http, Url.Job(id));
    }

    private static async Task<IResult> RunNowAsync(string name, HttpContext http, RunDoor door)
    {
        var run = await door.RunNowAsync(name, Who(http), http.RequestAborted);
        return SeeOther(http, Url.Job(run.Id));
    }

    private static async Task<IResult> HoldAsync(string name, HttpContext http, RunStore store)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        await store.HoldAsync(name, form["held"] == "true", http.RequestAborted);
        return SeeOther(http, Url.At("/jobs", form["tenant"]));
    }

    /// <summary>For the log of what was asked by whom.</summary>
    private static string Who(HttpContext http) =>
        http.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : "the dashboard";

    /// <summary>A reload of the page that follows repeats nothing.</summary>
    private static IResult SeeOther(HttpContext http, string url)
    {
        http.Response.Headers.Location = url;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static async ValueTask<object?> TokenIsRequired(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var antiforgery = (IAntiforgery)context.HttpContext.RequestServices.GetService(typeof(IAntiforgery))!;
        await antiforgery.ValidateRequestAsync(context.HttpContext);
        return await next(context);
    }
}
