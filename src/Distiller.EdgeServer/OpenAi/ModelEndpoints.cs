using System.Runtime.InteropServices;
using System.Text.Json;
using Distiller.Edge.Serving;
using Microsoft.AspNetCore.Http;

namespace Distiller.EdgeServer.OpenAi;

/// <summary><c>GET /v1/models</c> and <c>POST /v1/embeddings</c>.</summary>
internal sealed class ModelEndpoints(EdgeHost host)
{
    private const int TextsMax = 2048;

    public IResult List() =>
        Results.Json(new { @object = "list", data = host.Models().Select(Model) }, ChatAnswer.Json);

    public IResult Find(string id) =>
        host.Models().FirstOrDefault(m => m.Id == id) is { } model
            ? Results.Json(Model(model), ChatAnswer.Json)
            : throw new RequestRefusedException($"The model '{id}' does not exist here.", "model_not_found", "model");

    public async Task EmbedAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context);
        var root = new RequestField(body.RootElement, "");
        var input =
            root.Get("input") ?? throw new RequestRefusedException("'input' is missing.", "invalid_value", "input");
        IReadOnlyList<string> texts =
            input.Value.ValueKind is JsonValueKind.String
                ? [input.Text()]
                : [.. input.Items(TextsMax).Select(t => t.Text())];
        if (texts.Count == 0 || texts.Any(t => t.Length == 0))
        {
            throw input.Refuse("A text, or a list of texts, none of them empty, is expected here.");
        }

        if (root.Get("model")?.Text() is { } model && model != host.DefaultModel && host.CanEmbed)
        {
            throw new RequestRefusedException(
                $"The model '{model}' does not exist here. There is: {host.DefaultModel}.",
                "model_not_found",
                "model"
            );
        }

        var isBase64 = root.Get("encoding_format")?.Text() switch
        {
            null or "float" => false,
            "base64" => true,
            _ => throw root.Get("encoding_format")!.Refuse("float or base64 is expected here."),
        };
        using var generator = host.CreateEmbeddingGenerator();
        var vectors = await generator.GenerateAsync(texts, cancellationToken: context.RequestAborted);
        await context.Response.WriteAsJsonAsync(
            new
            {
                @object = "list",
                data = vectors.Select(
                    (v, i) =>
                        new
                        {
                            @object = "embedding",
                            index = i,
                            embedding = isBase64
                                ? (object)Convert.ToBase64String(MemoryMarshal.AsBytes(v.Vector.Span))
                                : v.Vector.ToArray(),
                        }
                ),
                model = host.DefaultModel,
                usage = new
                {
                    prompt_tokens = vectors.Usage?.InputTokenCount ?? 0,
                    total_tokens = vectors.Usage?.TotalTokenCount ?? 0,
                },
            },
            ChatAnswer.Json,
            context.RequestAborted
        );
    }

    private static object Model(ServedModel model) =>
        new
        {
            id = model.Id,
            @object = "model",
            created = model.Created.ToUnixTimeSeconds(),
            owned_by = "distiller",
            release = model.Release,
        };
}
