using System.Text.Encodings.Web;
using System.Text.Json;

namespace Distiller.Evaluation;

/// <summary>The form of <c>evaluation.json</c>: camelCase, indented, the same bytes for the same figures.</summary>
public static class EvaluationJson
{
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            WriteIndented = true,
            NewLine = "\n",
            MaxDepth = 32,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };

    public static byte[] Write<T>(T value) => [.. JsonSerializer.SerializeToUtf8Bytes(value, Options), (byte)'\n'];
}
