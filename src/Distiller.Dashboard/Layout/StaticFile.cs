using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Distiller.Dashboard.Layout;

/// <summary>Style, script and icon, which travel inside the assembly. Links carry a hash, so that they may be kept for ever.</summary>
/// <param name="Tag">The first 16 hex digits of the content's SHA-256.</param>
internal sealed record StaticFile(byte[] Content, string Type, string Tag)
{
    /// <summary>Under which the files are served.</summary>
    public const string Root = "/static/";

    private const string Prefix = "wwwroot/";

    private static readonly FrozenDictionary<string, StaticFile> All = typeof(StaticFile)
        .Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(n => n[Prefix.Length..], Read, StringComparer.Ordinal);

    public static string Link(string name) => $"{Root}{name}?v={All[name].Tag}";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(
            Root + "{**name}",
            (string name, HttpContext http) =>
            {
                if (!All.TryGetValue(name, out var file))
                {
                    return Results.NotFound();
                }

                http.Response.Headers.CacheControl =
                    http.Request.Query["v"] == file.Tag ? "public, max-age=31536000, immutable" : "no-cache";
                return Results.Bytes(
                    file.Content,
                    file.Type,
                    entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{file.Tag}\"")
                );
            }
        );

    private static StaticFile Read(string resource)
    {
        using var stream = typeof(StaticFile).Assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        var type = Path.GetExtension(resource) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "text/plain; charset=utf-8",
        };
        return new StaticFile(content, type, Convert.ToHexStringLower(SHA256.HashData(content))[..16]);
    }
}
