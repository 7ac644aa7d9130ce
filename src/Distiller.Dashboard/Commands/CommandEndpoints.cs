using System.Globalization;
using Distiller.Core;
using Distiller.Dashboard.Layout;
using Distiller.Dashboard.Reading;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Lake;
using Distiller.Logs;
using Distiller.Mining.Imprints;
using Distiller.Mining.Labelling;
using Distiller.Mining.Outcomes;
using Distiller.Mining.Reviewing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Distiller.Dashboard.Commands;

/// <summary>What the pages' forms ask for. Each writes a command down and sends the reader back to the page it came from.</summary>
internal static class CommandEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        // The gate before all endpoints asks for the anti-forgery token.
        var commands = routes.MapGroup("").DisableAntiforgery();
        commands.MapPost("/jobs/{id}/command", SubmitAsync);
        commands.MapPost("/tenants/{name}/run", RunNowAsync);
        commands.MapPost("/tenants/{name}/hold", HoldAsync);
        commands.MapPost("/patterns/{id}/review", ReviewAsync);
        commands.MapPost("/imprint/{id}/review", ReviewCardAsync);
        commands.MapPost("/episodes/{id}/label", LabelAsync);
        commands.MapPost("/releases/{id}/promote", PromoteAsync);
        commands.MapPost("/releases/roll-back", RollBackAsync);
        commands.MapPost("/quarantine/retry", RetryAsync);
    }

    private static async Task<IResult> SubmitAsync(string id, HttpContext http, RunCommands runs)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (!Enum.TryParse<RunCommand>(form["command"], out var command) || command == RunCommand.None)
        {
            throw new RunCommandException("That is no command.", "Use the buttons of the run's page.");
        }

        await runs.SubmitAsync(id, command, Who(http), http.RequestAborted);
        return SeeOther(http, Url.Job(id));
    }

    private static async Task<IResult> RunNowAsync(string name, HttpContext http, RunCommands runs)
    {
        var run = await runs.RunNowAsync(name, Who(http), http.RequestAborted);
        return SeeOther(http, Url.Job(run.Id));
    }

    private static async Task<IResult> HoldAsync(string name, HttpContext http, RunStore store)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        await store.Tenants.HoldAsync(name, form["held"] == "true", http.RequestAborted);
        return SeeOther(http, Url.At("/jobs", form["tenant"]));
    }

    private static async Task<IResult> ReviewAsync(
        string id,
        HttpContext http,
        RunStore store,
        TenantFolder folder,
        TimeProvider time
    )
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var tenant = await TenantAsync(form, store, http);
        if (!Enum.TryParse<PatternDecision>(form["decision"], out var decision) || !Enum.IsDefined(decision))
        {
            throw new RunCommandException("That is no decision.", "Use the buttons of the pattern's page.");
        }

        new PatternBook(folder.Home(tenant), time).Decide(id, decision, Who(http), form["note"].ToString());
        return SeeOther(http, form["back"] == "list" ? Url.At("/patterns", tenant.Name) : Url.Pattern(id, tenant.Name));
    }

    private static async Task<IResult> ReviewCardAsync(string id, HttpContext http, RunStore store, TenantFolder folder)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var tenant = await TenantAsync(form, store, http);
        if (!Enum.TryParse<CardDecision>(form["decision"], out var decision) || !Enum.IsDefined(decision))
        {
            throw new RunCommandException("That is no decision.", "Use the buttons of the imprint's page.");
        }

        folder.Imprints(tenant).Decide(id, decision, Who(http), form["text"].ToString());
        return SeeOther(http, Url.At("/imprint", tenant.Name));
    }

    /// <param name="id">Of the episode as collected; the form tells the number of its task, from 1.</param>
    private static async Task<IResult> LabelAsync(
        string id,
        HttpContext http,
        RunStore store,
        TenantFolder folder,
        TimeProvider time
    )
    {
        const int noteCharsMax = 2000;
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var tenant = await TenantAsync(form, store, http);
        var note = form["note"].ToString();
        if (
            !Enum.TryParse<OutcomeKind>(form["says"], out var says)
            || !Enum.IsDefined(says)
            || note.Length > noteCharsMax
        )
        {
            throw new RunCommandException("That is no outcome.", "Use the buttons of the conversation's page.");
        }

        var episode =
            await Task.Run(() => folder.Catalog(tenant).Read(id)?.Episode, http.RequestAborted)
            ?? throw new RunCommandException("There is no such episode.", "It may have been discarded since.");
        var tasks = new TaskOutcomes(OutcomeRules.Default, persons: null).Of(episode);
        if (!int.TryParse(form["task"], out var number) || number < 1 || number > tasks.Count)
        {
            throw new RunCommandException("The episode has no such task.", "Load its page again: it may have grown.");
        }

        folder
            .Labels(tenant)
            .Add([
                new PersonLabel(
                    episode.Format,
                    episode.Tenant,
                    tasks[number - 1].Key,
                    says,
                    Who(http),
                    time.GetUtcNow(),
                    note
                ),
            ]);
        return SeeOther(http, Url.Episode(id, tenant.Name));
    }

    private static async Task<IResult> PromoteAsync(string id, HttpContext http, RunStore store, TenantFolder folder)
    {
        var tenant = await TenantAsync(await http.Request.ReadFormAsync(http.RequestAborted), store, http);
        var channels = folder.Registry(tenant).Channels;
        // Every hash is computed first, which takes as long as reading the release.
        await Task.Run(() => channels.Promote(id, Who(http)), http.RequestAborted);
        return SeeOther(http, Url.Release(id, tenant.Name));
    }

    private static async Task<IResult> RollBackAsync(HttpContext http, RunStore store, TenantFolder folder)
    {
        var tenant = await TenantAsync(await http.Request.ReadFormAsync(http.RequestAborted), store, http);
        var channels = folder.Registry(tenant).Channels;
        await Task.Run(() => channels.RollBack(Who(http)), http.RequestAborted);
        return SeeOther(http, Url.At("/releases", tenant.Name));
    }

    /// <exception cref="BadInputException">A night is writing to the workspace.</exception>
    private static async Task<IResult> RetryAsync(
        HttpContext http,
        RunStore store,
        TenantFolder folder,
        TimeProvider time
    )
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var tenant = await TenantAsync(form, store, http);
        var file = form["file"].ToString();
        var report = await Task.Run(
            () =>
            {
                using var workspace = Workspace.Open(folder.Home(tenant), time);
                return QuarantineRetry.Run(
                    workspace,
                    file.Length > 0 ? [file] : [],
                    new CollectOptions { Tenant = tenant.Name },
                    cancellation: http.RequestAborted
                );
            },
            http.RequestAborted
        );
        return SeeOther(
            http,
            Url.Of(
                "/quarantine",
                ("tenant", tenant.Name),
                ("released", report.Released.ToString(CultureInfo.InvariantCulture))
            )
        );
    }

    private static async Task<TenantStatus> TenantAsync(IFormCollection form, RunStore store, HttpContext http)
    {
        var name = form["tenant"].ToString();
        return (await store.Tenants.ListAsync(http.RequestAborted)).FirstOrDefault(t => t.Name == name)
            ?? throw new RunCommandException($"There is no tenant '{name}'.", "Name one that the schedule has.");
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
}
