using Distiller.Jobs.Scheduling.Store;
using Distiller.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Distiller.Dashboard.Reading;

/// <summary>
/// Tenants' releases for edges, read only and behind the same access as everything else: <c>/registry/TENANT</c>, and
/// <c>/registry</c> for the first. Only the files that an edge fetches are sent, in ranges where it asks for them.
/// </summary>
internal static class RegistryEndpoints
{
    public const string Path = "/registry";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(
            $"{Path}/{RegistryIndex.FileName}",
            (RunStore store, TenantFolder folder, HttpContext http) => IndexAsync(null, store, folder, http)
        );
        routes.MapGet(Path + "/{tenant}/" + RegistryIndex.FileName, IndexAsync);
        // The same pattern for both: a release's id is never a tenant's file.
        routes.MapGet(
            Path + "/{id:length(16)}/{file}",
            (string id, string file, RunStore store, TenantFolder folder, HttpContext http) =>
                FileAsync(null, id, file, store, folder, http)
        );
        routes.MapGet(Path + "/{tenant}/{id:length(16)}/{file}", FileAsync);
    }

    private static async Task<IResult> IndexAsync(string? tenant, RunStore store, TenantFolder folder, HttpContext http)
    {
        var registry = await RegistryAsync(tenant, store, folder, http.RequestAborted);
        return registry is null || !Directory.Exists(registry.Folder)
            ? Results.NotFound()
            : Results.Bytes(RegistryIndex.Of(registry.Folder).Write(), "application/json");
    }

    private static async Task<IResult> FileAsync(
        string? tenant,
        string id,
        string file,
        RunStore store,
        TenantFolder folder,
        HttpContext http
    )
    {
        var registry = await RegistryAsync(tenant, store, folder, http.RequestAborted);
        if (registry is null || !RegistryIndex.IsRelease(id) || !RegistryIndex.EdgeFiles.Contains(file))
        {
            return Results.NotFound();
        }

        var path = System.IO.Path.Combine(registry.Folder, id, file);
        var found = new FileInfo(path);
        return found.Exists && found.LinkTarget is null
            ? Results.File(path, "application/octet-stream", enableRangeProcessing: true)
            : Results.NotFound();
    }

    private static async Task<ReleaseRegistry?> RegistryAsync(
        string? name,
        RunStore store,
        TenantFolder folder,
        CancellationToken cancellation
    )
    {
        var tenants = await store.Tenants.ListAsync(cancellation);
        return tenants.FirstOrDefault(t => name is null || t.Name == name) is { } tenant
            ? folder.Registry(tenant)
            : null;
    }
}
