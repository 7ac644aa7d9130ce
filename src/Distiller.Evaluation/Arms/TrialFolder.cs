using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distiller.Core;
using Distiller.Lake;

namespace Distiller.Evaluation;

/// <summary>A trial on disk: the figures, and the rows and prices they are recomputed from.</summary>
public static class TrialFolder
{
    public const string SummaryName = "trial.json";
    public const string RowsName = "trial-rows.parquet";
    public const string RequestsName = "trial-requests.parquet";
    public const string ConfidenceName = "trial-confidence.parquet";
    public const string PricesName = "prices.yaml";
    private const long SummaryBytesMax = 16L << 20;

    /// <summary>The summary is written last: where it exists, so do the files from which it follows.</summary>
    /// <param name="confidence">Where none was measured there is no file of it.</param>
    /// <param name="pricesPath">The file that the figures were computed with; it is copied.</param>
    public static void Write(
        string folder,
        TrialSummary summary,
        IReadOnlyList<TrialRow> rows,
        IReadOnlyList<RequestRow> requests,
        IReadOnlyList<ConfidenceRow> confidence,
        string pricesPath
    )
    {
        var prices = File.ReadAllBytes(pricesPath);
        if (Convert.ToHexStringLower(SHA256.HashData(prices)) != summary.PricesSha256)
        {
            throw new BadInputException(
                new SourceLocation(pricesPath, 0),
                "It changed since the figures were computed.",
                "Run the evaluation again."
            );
        }

        Directory.CreateDirectory(folder);
        ParquetTable.Write(Path.Combine(folder, RowsName), rows);
        ParquetTable.Write(Path.Combine(folder, RequestsName), requests);
        if (confidence.Count > 0)
        {
            ParquetTable.Write(Path.Combine(folder, ConfidenceName), confidence);
        }

        AtomicFile.WriteAllBytes(Path.Combine(folder, PricesName), prices);
        AtomicFile.WriteAllBytes(Path.Combine(folder, SummaryName), EvaluationJson.Write(summary));
    }

    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, SummaryName));

    public static TrialSummary ReadSummary(string folder)
    {
        var path = Path.Combine(folder, SummaryName);
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > SummaryBytesMax)
        {
            throw Bad(path, file.Exists ? $"It has {file.Length} bytes." : "The file does not exist.");
        }

        try
        {
            var summary = JsonSerializer.Deserialize<TrialSummary>(File.ReadAllBytes(path), EvaluationJson.Options);
            return summary is { Schema: TrialSummary.CurrentSchema }
                ? summary
                : throw Bad(path, "It is of a schema this version does not know.");
        }
        catch (JsonException e)
        {
            throw Bad(path, $"It is not the JSON expected here ({e.Path}).", e);
        }
    }

    public static IReadOnlyList<TrialRow> ReadRows(string folder) =>
        [.. ParquetTable.Read<TrialRow>(Path.Combine(folder, RowsName))];

    public static IReadOnlyList<RequestRow> ReadRequests(string folder) =>
        [.. ParquetTable.Read<RequestRow>(Path.Combine(folder, RequestsName))];

    /// <returns>None for a trial that was worked before it was measured.</returns>
    public static IReadOnlyList<ConfidenceRow> ReadConfidence(string folder) =>
        Path.Combine(folder, ConfidenceName) is var path && File.Exists(path)
            ? [.. ParquetTable.Read<ConfidenceRow>(path)]
            : [];

    public static PriceTable ReadPrices(string folder) => PriceFile.Read(Path.Combine(folder, PricesName));

    /// <summary>Recomputes every figure from the rows and the price table beside it.</summary>
    /// <returns>Everything that differs; empty where all agrees.</returns>
    /// <exception cref="BadInputException">A file cannot be read, or the arms did not work the same tasks.</exception>
    public static IReadOnlyList<FigureMismatch> Verify(string folder)
    {
        var summary = ReadSummary(folder);
        var rows = ReadRows(folder);
        var requests = ReadRequests(folder);
        var recomputed = summary.Recompute(rows, requests, ReadPrices(folder));
        return [.. TrialRowCheck.Compare(rows, requests), .. FigureComparison.Compare(Node(summary), Node(recomputed))];
    }

    private static JsonObject Node(TrialSummary summary) =>
        JsonSerializer.SerializeToNode(summary, EvaluationJson.Options)!.AsObject();

    private static BadInputException Bad(string path, string reason, Exception? inner = null) =>
        new(new SourceLocation(path, 0), reason, "Run the evaluation again.", inner);
}
