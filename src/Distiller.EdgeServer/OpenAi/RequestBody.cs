using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Distiller.EdgeServer.OpenAi;

/// <summary>A request's JSON.</summary>
internal static class RequestBody
{
    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>
    /// Reads all of it and checks its letters first: the parser passes over bytes that are no UTF-8, and every text that is read
    /// from them later would throw.
    /// </summary>
    /// <exception cref="JsonException">It is no JSON, or no UTF-8.</exception>
    public static async Task<JsonDocument> ReadAsync(HttpContext context)
    {
        using var held = new MemoryStream();
        await context.Request.Body.CopyToAsync(held, context.RequestAborted);
        var bytes = held.GetBuffer().AsMemory(0, (int)held.Length);
        bytes = bytes.Span.StartsWith(Mark) ? bytes[Mark.Length..] : bytes;
        return Utf8.IsValid(bytes.Span)
            ? JsonDocument.Parse(bytes.ToArray())
            : throw new JsonException("The body is not valid UTF-8.");
    }
}
