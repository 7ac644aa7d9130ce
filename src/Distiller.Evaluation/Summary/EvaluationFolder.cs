using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distiller.Core;
using Distiller.Lake;

namespace Distiller.Evaluation;

/// <summary>An evaluation on disk: the certificate and the rows it is recomputed from.</summary>
public static class EvaluationFolder
{
    public const string SummaryName = "evaluation.json";
    public const string RowsName = "evaluation-rows.parquet";
    public const string TokensName = "tokens-per-step.parquet";
    private const long SummaryBytesMax = 16L << 20;

    /// <summary>The certificate is written last: where it exists, so do its rows.</summary>
    public static void Write(
        string folder,
        EvaluationSummary summary,
        IReadOnlyList<EvaluationRow> rows,
        IReadOnlyList<TokenRow> tokens
    )
    {
        Directory.CreateDirectory(folder);
        ParquetTable.Write(Path.Combine(folder, RowsName), rows);
        ParquetTable.Write(Path.Combine(folder, TokensName), tokens);
        AtomicFile.WriteAllBytes(Path.Combine(folder, SummaryName), EvaluationJson.Write(summary));
    }

    public static EvaluationSummary ReadSummary(string folder)
    {
        var path = Path.Combine(folder, SummaryName);
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > SummaryBytesMax)
        {
            throw Bad(path, file.Exists ? $"It has {file.Length} bytes." : "The file does not exist.");
        }

        try
        {
            var summary = JsonSerializer.Deserialize<EvaluationSummary>(
                File.ReadAllBytes(path),
                EvaluationJson.Options
            );
            return summary is { Schema: EvaluationSummary.CurrentSchema }
                ? summary
                : throw Bad(path, "It is of a schema this version does not know.");
        }
        catch (JsonException e)
        {
            throw Bad(path, $"It is not the JSON expected here ({e.Path}).", e);
        }
    }

    public static IReadOnlyList<EvaluationRow> ReadRows(string folder) =>
        [.. ParquetTable.Read<EvaluationRow>(Path.Combine(folder, RowsName))];

    public static IReadOnlyList<TokenRow> ReadTokens(string folder) =>
        [.. ParquetTable.Read<TokenRow>(Path.Combine(folder, TokensName))];

    /// <summary>Recomputes every figure of the certificate from the rows beside it; empty where all agree.</summary>
    public static IReadOnlyList<FigureMismatch> Verify(string folder) =>
        CertificateCheck.Compare(ReadSummary(folder), ReadRows(folder), ReadTokens(folder));

    private static BadInputException Bad(string path, string reason, Exception? inner = null) =>
        new(new SourceLocation(path, 0), reason, "Evaluate again.", inner);
}

/// <summary>Recomputes every figure of a certificate from its rows.</summary>
public static class CertificateCheck
{
    /// <summary>Compares the certificate with figures recomputed from the rows.</summary>
    /// <returns>Every figure that differs; empty where the certificate holds.</returns>
    public static IReadOnlyList<FigureMismatch> Compare(
        EvaluationSummary summary,
        IReadOnlyList<EvaluationRow> rows,
        IReadOnlyList<TokenRow> tokens
    )
    {
        var recomputed = summary.Recompute(rows, tokens);
        return FigureComparison.Compare(Node(summary), Node(recomputed));
    }

    private static JsonObject Node(EvaluationSummary summary) =>
        JsonSerializer.SerializeToNode(summary, EvaluationJson.Options)!.AsObject();
}

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
