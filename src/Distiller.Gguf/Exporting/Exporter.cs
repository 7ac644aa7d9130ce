namespace Distiller.Gguf;

/// <summary>
/// Writes an adapter in every form in which it is used, checks what was written, and returns the manifest.
/// </summary>
public static class Exporter
{
    public const string F16File = "adapter-f16.gguf";
    public const string Int4File = "adapter-int4.gguf";
    public const string PeftFolder = "peft";

    /// <summary>
    /// Fills <paramref name="folder"/>; <c>manifest.json</c> comes last, so an export without it is not finished.
    /// Factors that do not fit the base or are not finite are refused with <see cref="Core.BadInputException"/>.
    /// </summary>
    /// <param name="lineage">
    /// Key of the artifact that the adapter was made from; stored in the files and the manifest.
    /// </param>
    public static AdapterManifest Export(
        LoraWeights weights,
        string basePath,
        string folder,
        string? lineage = null,
        int? workers = null,
        CancellationToken cancellationToken = default
    )
    {
        using var baseFile = GgufFile.Open(basePath);
        var origin = BaseDescription.Of(baseFile);
        Directory.CreateDirectory(folder);
        var manifestPath = Path.Combine(folder, AdapterManifest.FileName);
        File.Delete(manifestPath);

        var f16 = Path.Combine(folder, F16File);
        AdapterGguf.Write(f16, weights, origin, AdapterEncoding.F16, lineage);
        AdapterCheck.Verify(f16, baseFile);

        var quantized = AdapterQuantizer.Quantize(weights, workers: workers, cancellationToken: cancellationToken);
        var int4 = Path.Combine(folder, Int4File);
        AdapterGguf.Write(int4, quantized, weights.Rank, origin, lineage);
        AdapterCheck.Verify(int4, baseFile);

        PeftAdapter.Write(Path.Combine(folder, PeftFolder), weights, origin);

        var report = quantized.Report;
        string[] files =
        [
            F16File,
            Int4File,
            $"{PeftFolder}/{PeftAdapter.WeightsFile}",
            $"{PeftFolder}/{PeftAdapter.ConfigFile}",
        ];
        var manifest = new AdapterManifest(
            AdapterManifest.CurrentFormat,
            new ManifestBase(origin.Sha256, origin.Architecture, origin.Name),
            weights.Rank,
            weights.Alpha,
            lineage,
            report.WorstError,
            report.MeanError,
            report.MeanPlainError,
            [.. files.Select(f => AdapterManifest.Describe(folder, f))],
            report.Tensors
        );
        manifest.Write(manifestPath);
        return manifest;
    }
}
