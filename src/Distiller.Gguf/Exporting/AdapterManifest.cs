using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>
/// Contents of an export: its base, its files with their hashes, and the quantization error of every tensor.
/// </summary>
/// <param name="Rank">Rank as trained, before padding.</param>
/// <param name="WorstError">Largest relative product error of <paramref name="Tensors"/>.</param>
/// <param name="MeanPlainError">Mean relative product error of plain Q4_0 rounding, for comparison.</param>
public sealed record AdapterManifest(
    int Format,
    ManifestBase Base,
    int Rank,
    float Alpha,
    string? Lineage,
    double WorstError,
    double MeanError,
    double MeanPlainError,
    IReadOnlyList<ManifestFile> Files,
    IReadOnlyList<TensorQuantization> Tensors
)
{
    public const string FileName = "manifest.json";
    public const int CurrentFormat = 1;

    private const long BytesMax = 64 << 20;

    public static AdapterManifest Read(string path)
    {
        using var handle = InputFile.Open(path, "a manifest");
        var length = RandomAccess.GetLength(handle);
        if (length > BytesMax)
        {
            throw Bad(path, $"The file has {length} bytes; a manifest has less than {BytesMax}.");
        }

        var bytes = new byte[length];
        InputFile.ReadExactly(handle, path, bytes, 0);
        try
        {
            var manifest =
                JsonSerializer.Deserialize(bytes, ManifestJson.Default.AdapterManifest)
                ?? throw Bad(path, "The manifest is null.");
            return manifest.Format == CurrentFormat
                ? manifest
                : throw Bad(path, $"The manifest has format {manifest.Format}; {CurrentFormat} is read.");
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                new SourceLocation(path, (e.LineNumber ?? -1) + 1),
                $"The manifest cannot be read: {e.Message}",
                "Export the adapter again.",
                e
            );
        }
    }

    public void Write(string path) =>
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, ManifestJson.Default.AdapterManifest));

    /// <summary>
    /// Compares every file with its hash; throws <see cref="BadInputException"/> for the first that differs.
    /// </summary>
    public void VerifyFiles(string folder)
    {
        foreach (var file in Files)
        {
            if (Path.IsPathRooted(file.Path) || file.Path.Split('/', '\\').Contains(".."))
            {
                throw Bad(Path.Combine(folder, FileName), $"'{file.Path}' lies outside the export.");
            }

            var path = Path.Combine(folder, file.Path);
            if (Describe(folder, file.Path) != file)
            {
                throw Bad(path, "The file is not the one that the manifest describes.");
            }
        }
    }

    /// <param name="relative">Of a file in the folder, with forward slashes.</param>
    public static ManifestFile Describe(string folder, string relative)
    {
        var path = Path.Combine(folder, relative);
        using var stream = new FileStream(InputFile.Open(path, "a file of the export"), FileAccess.Read);
        return new ManifestFile(relative, Convert.ToHexStringLower(SHA256.HashData(stream)), stream.Length);
    }

    private static BadInputException Bad(string path, string reason) =>
        new(new SourceLocation(path, 0), reason, "Export or fetch the adapter again.");
}

/// <summary>The base model that an export belongs to.</summary>
public sealed record ManifestBase(string Sha256, string Architecture, string Name);

/// <summary>A file of an export.</summary>
/// <param name="Path">Relative to the manifest's folder, with forward slashes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record ManifestFile(string Path, string Sha256, long Bytes);

// Generated at compile time: the edge is published trimmed.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(AdapterManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
