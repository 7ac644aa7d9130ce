using System.Text.Json;
using Distiller.Core;
using Distiller.Edge;
using Distiller.Gguf;
using Distiller.Training.Distilling;
using Distiller.Training.Lora;
using Distiller.Training.Model;

namespace Distiller.Jobs.Models;

/// <summary>
/// Rounds any LoRA adapter of a base to 4 bits, outside of any workspace: <c>adapter-f16.gguf</c>, <c>adapter-int4.gguf</c>
/// and, last, <c>quantization.json</c> in a folder. The same inputs give the same files.
/// </summary>
public static class AdapterQuantization
{
    public const string ReportFile = "quantization.json";

    private const int CalibrationTokensMax = 8192;
    private const int HeldOutTokensMax = 4096;
    private const string Stage = "quantize";

    /// <exception cref="BadInputException">
    /// The adapter, the base or a text is unusable, or the adapter does not fit the base.
    /// </exception>
    public static AdapterQuantizationReport Run(
        AdapterQuantizationRequest request,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        using var file = GgufFile.Open(request.BasePath);
        var origin = BaseDescription.Of(file);
        var weights = AdapterSource.Read(request.Adapter, file, origin);
        using var edge =
            request.HeldOut is null && request.Calibration is null
                ? null
                : EdgeModel.Load(request.BasePath, new EdgeModelOptions { Threads = request.Threads });
        // Both texts are read before the work: a mistake in one is told at once.
        var heldOut = request.HeldOut is { } text ? TextRows.Read(text, edge!, HeldOutTokensMax) : null;
        var calibration = request.Calibration is { } other ? TextRows.Read(other, edge!, CalibrationTokensMax) : null;

        progress?.Report(new StageProgress(Stage, 0, 1, "reading the adapter"));
        var importance = calibration is null ? null : Importance(file, weights, calibration, cancellation);
        Directory.CreateDirectory(request.Folder);
        var reportPath = Path.Combine(request.Folder, ReportFile);
        File.Delete(reportPath);
        var f16 = Path.Combine(request.Folder, Exporter.F16File);
        AdapterGguf.Write(f16, weights, origin, AdapterEncoding.F16);
        AdapterCheck.Verify(f16, file);

        progress?.Report(new StageProgress(Stage, 0, 1, "rounding the factors"));
        var quantized = AdapterQuantizer.Quantize(weights, request.Method, importance, request.Threads, cancellation);
        var int4 = Path.Combine(request.Folder, Exporter.Int4File);
        AdapterGguf.Write(int4, quantized, weights.Rank, origin);
        AdapterCheck.Verify(int4, file);
        progress?.Report(new StageProgress(Stage, 1, 1, $"product error {quantized.Report.MeanError:P1}"));

        var report = new AdapterQuantizationReport(
            QuantizationMethods.WordOf(request.Method),
            new ManifestBase(origin.Sha256, origin.Architecture, origin.Name),
            weights.Rank,
            weights.Alpha,
            quantized.Report.MeanError,
            quantized.Report.WorstError,
            quantized.Report.MeanPlainError,
            calibration?.Sum(r => r.Tokens.Length),
            heldOut is null ? null : Measure(edge!, f16, int4, heldOut, progress, cancellation),
            [
                AdapterManifest.Describe(request.Folder, Exporter.F16File),
                AdapterManifest.Describe(request.Folder, Exporter.Int4File),
            ],
            quantized.Report.Tensors
        );
        AtomicFile.WriteAllBytes(reportPath, JsonSerializer.SerializeToUtf8Bytes(report, EpisodeJson.Options));
        return report;
    }

    private static IReadOnlyDictionary<string, float[]> Importance(
        GgufFile file,
        LoraWeights weights,
        IReadOnlyList<TextRow> rows,
        CancellationToken cancellation
    )
    {
        using var model = BaseModel.Load(file, "cpu", Precision.Fp32, cancellation);
        using var adapter = LoraAdapter.From(model, weights);
        return InputImportance.Measure(model, adapter, [.. rows.Select(r => r.Tokens)], cancellation);
    }

    private static Divergence Measure(
        EdgeModel model,
        string f16,
        string int4,
        IReadOnlyList<TextRow> rows,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var finer = model.LoadAdapter(f16);
        using var coarser = model.LoadAdapter(int4);
        return Divergence.Measure(model, finer, coarser, rows, progress, cancellation);
    }
}

/// <summary>What is to be rounded, how, and on which texts it is measured.</summary>
/// <param name="Adapter">PEFT's folder, an adapter GGUF, or the trainer's <c>lora.safetensors</c>.</param>
/// <param name="Folder">Where the files go.</param>
/// <param name="HeldOut">
/// A text that taught nothing (<see cref="TextRows"/>): on it the INT4 student is compared with the one in 16 bit. Null: it
/// is not compared.
/// </param>
/// <param name="Calibration">A text on which the importance of inputs is measured; null: all inputs count alike.</param>
/// <param name="Threads">Of the fit and of llama.cpp; the files do not depend on it.</param>
public sealed record AdapterQuantizationRequest(
    string Adapter,
    string BasePath,
    string Folder,
    QuantizationMethod Method,
    string? HeldOut,
    string? Calibration,
    int Threads
);

/// <summary>What rounding an adapter cost: <c>quantization.json</c> and the document of <c>quantize --adapter --json</c>.</summary>
/// <param name="Method">A word of <see cref="QuantizationMethods"/>.</param>
/// <param name="Rank">Before padding to a multiple of 32.</param>
/// <param name="MeanError">Mean over the tensors of ||B'A' - BA||_F / ||BA||_F.</param>
/// <param name="MeanPlainError">The same of ggml's plain Q4_0.</param>
/// <param name="CalibrationTokens">Tokens on which inputs were measured; null without calibration.</param>
/// <param name="HeldOut">From the adapter in 16 bit to this one; null: not measured.</param>
public sealed record AdapterQuantizationReport(
    string Method,
    ManifestBase Base,
    int Rank,
    float Alpha,
    double MeanError,
    double WorstError,
    double MeanPlainError,
    int? CalibrationTokens,
    Divergence? HeldOut,
    IReadOnlyList<ManifestFile> Files,
    IReadOnlyList<TensorQuantization> Tensors
);
