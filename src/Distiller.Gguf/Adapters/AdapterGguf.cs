using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>LoRA adapters as GGUF files, as llama.cpp reads them.</summary>
public static class AdapterGguf
{
    /// <summary>
    /// Writes the adapter. For 4 bits the adapter is quantized first and the report holds the errors; otherwise the
    /// report is empty.
    /// </summary>
    /// <param name="lineage">
    /// Key of the artifact that the adapter was made from; stored unchanged, left out when null.
    /// </param>
    public static QuantizationReport Write(
        string path,
        LoraWeights weights,
        BaseDescription origin,
        AdapterEncoding encoding,
        string? lineage = null
    )
    {
        if (encoding == AdapterEncoding.Int4)
        {
            var quantized = AdapterQuantizer.Quantize(weights);
            Write(path, quantized, weights.Rank, origin, lineage);
            return quantized.Report;
        }

        var writer = Start(weights.Alpha, weights.Rank, origin, encoding, lineage);
        var type = encoding == AdapterEncoding.F32 ? GgmlType.F32 : GgmlType.F16;
        foreach (var pair in weights.Pairs)
        {
            AddFactor(writer, type, pair, AdapterKeys.SuffixA, pair.A, [pair.In, pair.Rank]);
            AddFactor(writer, type, pair, AdapterKeys.SuffixB, pair.B, [pair.Rank, pair.Out]);
        }

        writer.Write(path);
        return new QuantizationReport([]);
    }

    /// <summary>Writes an adapter that is quantized already.</summary>
    public static void Write(
        string path,
        QuantizedLora weights,
        int trainedRank,
        BaseDescription origin,
        string? lineage = null
    )
    {
        var writer = Start(weights.Alpha, trainedRank, origin, AdapterEncoding.Int4, lineage);
        writer.Add("general.quantization_version", 2u);
        foreach (var pair in weights.Pairs)
        {
            AddFactor(writer, pair.BaseTensor + AdapterKeys.SuffixA, pair.A);
            AddFactor(writer, pair.BaseTensor + AdapterKeys.SuffixB, pair.B);
        }

        writer.Write(path);
    }

    /// <summary>The factors as the file's bytes stand for them; of a 4-bit file, those of the padded rank.</summary>
    public static LoraWeights Read(string path)
    {
        using var file = GgufFile.Open(path);
        var contents = AdapterContents.Of(file);
        return new LoraWeights(
            contents.Rank,
            contents.Alpha,
            [
                .. contents.Pairs.Select(p => new LoraFactorPair(
                    p.BaseTensor,
                    contents.Rank,
                    (int)p.A.Shape[0],
                    (int)p.B.Shape[1],
                    file.ReadFloats(p.A),
                    file.ReadFloats(p.B)
                )),
            ]
        );
    }

    private static GgufWriter Start(
        float alpha,
        int trainedRank,
        BaseDescription origin,
        AdapterEncoding encoding,
        string? lineage
    )
    {
        var writer = new GgufWriter()
            .Add(AdapterKeys.FileType, "adapter")
            .Add(AdapterKeys.Architecture, origin.Architecture)
            .Add(AdapterKeys.AdapterType, "lora")
            .Add(AdapterKeys.Alpha, alpha)
            .Add(AdapterKeys.BaseSha256, origin.Sha256)
            .Add(AdapterKeys.BaseName, origin.Name)
            .Add(
                AdapterKeys.Encoding,
                encoding switch
                {
                    AdapterEncoding.F32 => "f32",
                    AdapterEncoding.F16 => "f16",
                    _ => "int4",
                }
            )
            .Add(AdapterKeys.TrainedRank, (uint)trainedRank);
        return lineage is null ? writer : writer.Add(AdapterKeys.Lineage, lineage);
    }

    private static void AddFactor(GgufWriter writer, string name, QuantizedFactor factor) =>
        writer.AddTensor(name, factor.Type, [factor.RowElements, factor.Rows], factor.Data);

    private static void AddFactor(
        GgufWriter writer,
        GgmlType type,
        LoraFactorPair pair,
        string suffix,
        float[] values,
        ReadOnlySpan<long> shape
    )
    {
        var at = Array.FindIndex(values, v => type == GgmlType.F32 ? !float.IsFinite(v) : !Half.IsFinite((Half)v));
        if (at >= 0)
        {
            throw new BadInputException(
                new SourceLocation(pair.BaseTensor, 0),
                $"Number {at} of {suffix[1..]} is {values[at]}, which {type} cannot hold.",
                "The training diverged: train again with a lower learning rate."
            );
        }

        writer.AddTensor(pair.BaseTensor + suffix, type, shape, values);
    }
}

/// <summary>How an adapter file stores its factors.</summary>
public enum AdapterEncoding
{
    /// <summary>Single precision, the original factors: for checks that want no rounding.</summary>
    F32,

    /// <summary>Half precision, the original factors.</summary>
    F16,

    /// <summary>Q4_0 blocks of refitted factors, rank padded to a multiple of 32.</summary>
    Int4,
}

/// <summary>Metadata keys of adapter files: llama.cpp's, and our own under <c>distiller.</c></summary>
public static class AdapterKeys
{
    public const string FileType = "general.type";
    public const string Architecture = "general.architecture";
    public const string AdapterType = "adapter.type";
    public const string Alpha = "adapter.lora.alpha";
    public const string BaseSha256 = "distiller.base.sha256";
    public const string BaseName = "distiller.base.name";
    public const string Encoding = "distiller.encoding";
    public const string TrainedRank = "distiller.trained_rank";
    public const string Lineage = "distiller.lineage";
    public const string SuffixA = ".lora_a";
    public const string SuffixB = ".lora_b";
}
