using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace Distiller.Dashboard.Access;

/// <summary>
/// Marks a command that programs send, with a body of JSON. A form cannot send that type, and a script of another site must ask
/// first, which this server never allows: so a request of that type needs no anti-forgery token. Any other still does.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class JsonCommandAttribute : Attribute
{
    public static bool IsExempt(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<JsonCommandAttribute>() is not null && IsJson(context.Request);

    public static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && string.Equals(type.MediaType, "application/json", StringComparison.OrdinalIgnoreCase);
}
