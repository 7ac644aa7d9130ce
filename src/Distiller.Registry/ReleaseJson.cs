using System.Text.Encodings.Web;
using System.Text.Json;
using Distiller.Core;

namespace Distiller.Registry;

/// <summary>Reads and writes the JSON files of a release, with bounds: what lies in a registry may come from anywhere.</summary>
internal static class ReleaseJson
{
    public const long MaxManifestBytes = 4L << 20;
    public const long MaxSignatureBytes = 64L << 10;
    public const long MaxLineageBytes = 256L << 20;
    public const long MaxEvaluationBytes = 64L << 20;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        MaxDepth = 16,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write<T>(T value) => [.. JsonSerializer.SerializeToUtf8Bytes(value, Options), (byte)'\n'];

    public static T Read<T>(string path, long maxBytes, string remedy = ReleaseFolder.Remedy)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Bytes(path, maxBytes, remedy), Options)
                ?? throw new BadInputException(Place(path), "It holds null.", remedy);
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                new SourceLocation(path, (e.LineNumber ?? -1) + 1),
                $"Not the JSON expected here ({e.Path}).",
                remedy,
                e
            );
        }
    }

    /// <summary>Parses a JSON file that another stage wrote.</summary>
    /// <param name="original">Named in the error in place of the copy that is read.</param>
    public static JsonDocument Parse(string path, string original, long maxBytes)
    {
        try
        {
            return JsonDocument.Parse(Bytes(path, maxBytes));
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                new SourceLocation(original, (e.LineNumber ?? -1) + 1),
                "Not JSON.",
                "Evaluate again.",
                e
            );
        }
    }

    private static byte[] Bytes(string path, long maxBytes, string remedy = ReleaseFolder.Remedy)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.LinkTarget is not null)
        {
            throw new BadInputException(Place(path), "The file is missing, or a link.", remedy);
        }

        if (file.Length > maxBytes)
        {
            throw new BadInputException(Place(path), $"{file.Length} bytes; at most {maxBytes} are read.", remedy);
        }

        return File.ReadAllBytes(path);
    }

    private static SourceLocation Place(string path) => new(path, 0);
}
