using System.IO.Compression;
using System.Text.Json;
using Distiller.Core;
using Distiller.Dashboard.Access;
using Distiller.Dashboard.Reading;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Logs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Distiller.Dashboard.Traces;

/// <summary>
/// Receives traces by OTLP over HTTP, in its JSON encoding. They are written to the tenant's inbox before they are confirmed, and
/// collected by its next night.
/// </summary>
internal static class TraceEndpoint
{
    public const string Path = "/v1/traces";

    /// <summary>Names the tenant where there are several; exporters can send it with every request.</summary>
    public const string TenantHeader = "X-Distiller-Tenant";

    /// <summary>Of an export, also when it is unpacked.</summary>
    public const int BytesMax = 16 << 20;

    private const int DepthMax = 64;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Path, ReceiveAsync).WithMetadata(new JsonCommandAttribute());

    private static async Task ReceiveAsync(HttpContext http)
    {
        if (!JsonCommandAttribute.IsJson(http.Request))
        {
            await AnswerAsync(
                http,
                StatusCodes.Status415UnsupportedMediaType,
                "Traces are received as application/json. Set OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/json, or let a collector convert them."
            );
            return;
        }

        var services = http.RequestServices;
        var tenants = await services.GetRequiredService<RunStore>().Tenants.ListAsync(http.RequestAborted);
        if (Tenant(http.Request, tenants) is not { } tenant)
        {
            await AnswerAsync(
                http,
                StatusCodes.Status400BadRequest,
                $"Name the tenant that the traces are for in the header {TenantHeader} (OTEL_EXPORTER_OTLP_HEADERS={TenantHeader}=NAME); the schedule has {tenants.Count}."
            );
            return;
        }

        try
        {
            if (await ReadAsync(http) is not { } body)
            {
                return;
            }

            if (HasSpans(body) is not { } hasSpans)
            {
                await AnswerAsync(
                    http,
                    StatusCodes.Status400BadRequest,
                    "The body is not a JSON object with a list of resourceSpans."
                );
                return;
            }

            if (hasSpans)
            {
                var home = services.GetRequiredService<TenantFolder>().Home(tenant);
                new Inbox(home, services.GetRequiredService<TimeProvider>()).Put(body, ".json");
            }
        }
        catch (Exception e) when (e is BadInputException or IOException and not BadHttpRequestException)
        {
            // Exporters keep what is not confirmed and send it again.
            await AnswerAsync(
                http,
                StatusCodes.Status503ServiceUnavailable,
                "The traces cannot be written: the disk is full, or the workspace cannot be used."
            );
            return;
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync("""{"partialSuccess":{}}""", http.RequestAborted);
    }

    /// <summary>The tenant that is named, or the only one there is.</summary>
    private static TenantStatus? Tenant(HttpRequest request, IReadOnlyList<TenantStatus> tenants)
    {
        var name = request.Headers[TenantHeader].ToString();
        return name.Length > 0 ? tenants.FirstOrDefault(t => t.Name == name)
            : tenants.Count == 1 ? tenants[0]
            : null;
    }

    /// <returns>Null: it was refused, and answered.</returns>
    private static async Task<byte[]?> ReadAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = BytesMax;
        }

        var encoding = http.Request.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or "identity" or "gzip"))
        {
            await AnswerAsync(
                http,
                StatusCodes.Status415UnsupportedMediaType,
                "The body may be packed by gzip alone. Set OTEL_EXPORTER_OTLP_COMPRESSION=gzip or none."
            );
            return null;
        }

        try
        {
            var body = http.Request.Body;
            await using var plain = encoding == "gzip" ? new GZipStream(body, CompressionMode.Decompress) : body;
            using var held = new MemoryStream();
            var buffer = new byte[1 << 16];
            int got;
            while ((got = await plain.ReadAsync(buffer, http.RequestAborted)) > 0)
            {
                held.Write(buffer, 0, got);
                if (held.Length > BytesMax)
                {
                    await AnswerAsync(
                        http,
                        StatusCodes.Status413PayloadTooLarge,
                        $"An export may have {BytesMax} bytes. Lower OTEL_BSP_MAX_EXPORT_BATCH_SIZE."
                    );
                    return null;
                }
            }

            return held.ToArray();
        }
        catch (InvalidDataException)
        {
            await AnswerAsync(http, StatusCodes.Status400BadRequest, "The body is not packed by gzip as it says.");
            return null;
        }
    }

    /// <summary>Null: it is not an export of traces.</summary>
    private static bool? HasSpans(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = DepthMax });
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("resourceSpans", out var spans)
                && spans.ValueKind == JsonValueKind.Array
                ? spans.GetArrayLength() > 0
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>In the form that the protocol gives to errors.</summary>
    private static Task AnswerAsync(HttpContext http, int status, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(
            JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { ["message"] = message }),
            http.RequestAborted
        );
    }
}
