using Distiller.Jobs.Scheduling.Store;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;

namespace Distiller.Dashboard.Layout;

/// <summary>What every page starts from.</summary>
public abstract class DashboardPage : ComponentBase
{
    [CascadingParameter]
    private protected HttpContext Http { get; set; } = null!;

    [Inject]
    private protected TenantScope Scope { get; set; } = null!;

    [Inject]
    private protected RunStore Store { get; set; } = null!;

    [Inject]
    private protected TimeProvider Clock { get; set; } = null!;

    private protected CancellationToken Aborted => Http.RequestAborted;

    private protected DateTimeOffset Now { get; private set; }

    /// <summary>Whether what the address names is not there; the page says so and the status is 404.</summary>
    private protected bool IsMissing { get; private set; }

    protected sealed override async Task OnInitializedAsync()
    {
        Now = Clock.GetUtcNow();
        await Scope.LoadAsync();
        await LoadAsync();
    }

    private protected abstract Task LoadAsync();

    private protected void Missing()
    {
        IsMissing = true;
        Http.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private protected int PageNumber =>
        int.TryParse(Http.Request.Query["page"], out var page) ? Math.Clamp(page, 1, 1_000_000) : 1;

    private protected string? Query(string name) =>
        Http.Request.Query[name].ToString() is { Length: > 0 } value ? value : null;
}
