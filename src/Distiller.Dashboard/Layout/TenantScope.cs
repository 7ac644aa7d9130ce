using Distiller.Jobs.Scheduling.Store;
using Microsoft.AspNetCore.Http;

namespace Distiller.Dashboard.Layout;

/// <summary>
/// The tenants, and the one that the address names (<c>?tenant=</c>). Nothing else remembers it, so that a link shows
/// another person the same.
/// </summary>
internal sealed class TenantScope(RunStore store, IHttpContextAccessor context)
{
    private Task? _load;

    public IReadOnlyList<TenantStatus> Tenants { get; private set; } = [];

    /// <summary>The one that the address names; null: none, or one that is not there.</summary>
    public TenantStatus? Chosen { get; private set; }

    /// <summary>For pages that show one: the chosen one, or the first.</summary>
    public TenantStatus? Current { get; private set; }

    /// <summary>As the address says it.</summary>
    public string? Asked { get; private set; }

    /// <summary>Once per request: layout and page both ask.</summary>
    public Task LoadAsync() => _load ??= ReadAsync();

    public TenantStatus? Find(string name) => Tenants.FirstOrDefault(t => t.Name == name);

    /// <summary>Of a tenant that may have left the schedule since.</summary>
    public string? ZoneOf(string tenant) => Find(tenant)?.TimeZone;

    private async Task ReadAsync()
    {
        if (context.HttpContext is not { } http)
        {
            return;
        }

        Tenants = await store.Tenants.ListAsync(http.RequestAborted);
        Asked = http.Request.Query["tenant"].ToString() is { Length: > 0 } asked ? asked : null;
        Chosen = Tenants.FirstOrDefault(t => t.Name == Asked);
        Current = Asked is null && Tenants.Count > 0 ? Tenants[0] : Chosen;
    }
}
