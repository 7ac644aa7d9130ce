using System.Text.Json;
using Distiller.Core;
using Distiller.Edge.Serving;
using Microsoft.AspNetCore.Http;

namespace Distiller.EdgeServer.OpenAi;

/// <summary>An error as OpenAI's API writes it.</summary>
internal sealed record ApiError(int Status, string Message, string Type, string? Code, string? Param)
{
    public static ApiError Of(int status, string message, string? code = null, string? param = null) =>
        new(status, message, TypeOf(status), code, param);

    /// <summary>What a failed request is told; null: it is nobody's fault but ours, and goes to the log.</summary>
    public static ApiError? Of(Exception error) =>
        error switch
        {
            RequestRefusedException { Code: "model_not_found" } e => Of(404, e.Message, e.Code, e.Parameter),
            RequestRefusedException e => Of(400, e.Message, e.Code, e.Parameter),
            BadHttpRequestException e => Of(e.StatusCode, e.Message, e.StatusCode == 413 ? "request_too_large" : null),
            JsonException e => Of(400, $"The body is not JSON: {e.Message}", "invalid_json"),
            EngineBusyException { IsStopping: true } e => Of(503, e.Message, "stopping"),
            EngineBusyException e => Of(429, e.Message, "rate_limit_exceeded"),
            TimeoutException e => Of(504, e.Message, "timeout"),
            BadInputException e => Of(500, e.Reason, "model_error"),
            _ => null,
        };

    public object Body =>
        new
        {
            error = new
            {
                message = Message,
                type = Type,
                param = Param,
                code = Code,
            },
        };

    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        if (Status is 429 or 503)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        return context.Response.WriteAsJsonAsync(Body, context.RequestAborted);
    }

    private static string TypeOf(int status) =>
        status switch
        {
            401 or 403 => "authentication_error",
            429 => "rate_limit_error",
            >= 500 => "server_error",
            _ => "invalid_request_error",
        };
}
