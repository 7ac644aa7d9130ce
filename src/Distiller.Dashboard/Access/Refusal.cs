using Microsoft.AspNetCore.Http;

namespace Distiller.Dashboard.Access;

/// <summary>An answer of a few plain words.</summary>
internal static class Refusal
{
    public static Task WriteAsync(HttpContext context, int status, string words)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(words + "\n", context.RequestAborted);
    }
}
