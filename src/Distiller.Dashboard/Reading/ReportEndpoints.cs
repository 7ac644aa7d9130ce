using System.Collections.Concurrent;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Lake;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Distiller.Dashboard.Reading;

/// <summary>
/// The nights' own HTML pages. They run no script and ask for nothing; the policy below holds them to it, whatever lies
/// there. Only a file that an artifact's manifest or a release lists is sent, under a name that no address can choose.
/// </summary>
internal static class ReportEndpoints
{
    private const string Policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/artifacts/{kind}/{key}/report", OfArtifactAsync);
        routes.MapGet("/releases/{id}/report", OfReleaseAsync);
    }

    private static async Task<IResult> OfArtifactAsync(
        string kind,
        string key,
        string? tenant,
        RunStore store,
        TenantFolder folder,
        HttpContext http
    )
    {
        var known = await TenantAsync(store, tenant, http.RequestAborted);
        var artifact = known is null ? null : folder.Find(known, kind, key);
        return artifact?.Manifest.Files.Any(f => f.Name == ArtifactFileName.Report) == true
            ? Page(http, artifact.File(ArtifactFileName.Report))
            : Results.NotFound();
    }

    private static async Task<IResult> OfReleaseAsync(
        string id,
        string? tenant,
        RunStore store,
        TenantFolder folder,
        HttpContext http
    )
    {
        var known = await TenantAsync(store, tenant, http.RequestAborted);
        var registry = known is null ? null : folder.Registry(known);
        var release = registry?.List().FirstOrDefault(r => r.Id == id);
        return release?.Files.Any(f => f.Path == ArtifactFileName.Report) == true
            ? Page(http, Path.Combine(registry!.FolderOf(release), ArtifactFileName.Report))
            : Results.NotFound();
    }

    private static async Task<TenantStatus?> TenantAsync(RunStore store, string? name, CancellationToken cancellation)
    {
        var tenants = await store.Tenants.ListAsync(cancellation);
        return tenants.FirstOrDefault(t => name is null || t.Name == name);
    }

    private static IResult Page(HttpContext http, string path)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return File.Exists(path) ? Results.File(path, "text/html; charset=utf-8") : Results.NotFound();
    }
}

/// <summary>What was read of files that never change: artifacts are named by their content's recipe.</summary>
internal sealed class ContentCache
{
    private const int EntriesMax = 64;
    private readonly ConcurrentDictionary<string, Lazy<object>> _entries = new(StringComparer.Ordinal);

    /// <param name="path">Of a file of an artifact, in full.</param>
    public T Get<T>(string path, Func<string, T> read)
        where T : class
    {
        if (_entries.Count >= EntriesMax)
        {
            // Rare, and cheaper than an order of use: what is still looked at is read once more.
            _entries.Clear();
        }

        var entry = _entries.GetOrAdd(path, p => new Lazy<object>(() => read(p)));
        try
        {
            return (T)entry.Value;
        }
        catch
        {
            // What could not be read may have been repaired by the next look.
            _entries.TryRemove(path, out _);
            throw;
        }
    }
}
