using System.Diagnostics;
using Distiller.Core.Settings;
using Distiller.Gguf;

namespace Distiller.Pretraining;

/// <summary>
/// Writes a model as GGUF, of the architecture <c>llama</c>. Rows of attn_q and attn_k are in GGUF's own order, in which
/// RoPE turns neighbours, since they were trained in it: nothing is permuted. The same weights give the same bytes.
/// </summary>
public static class TinyModelFile
{
    /// <param name="weights">Row after row, by the names of <see cref="TinyArchitecture.Weights"/>.</param>
    /// <param name="type">Storage type of the matrices and the embedding: F32 or F16. The norms, all 1, are F32.</param>
    /// <param name="vocabulary">
    /// Adds the tokenizer's entries and the chat template; none: a file for the trainer only.
    /// </param>
    public static void Write(
        string path,
        string name,
        TinyArchitecture architecture,
        IReadOnlyDictionary<string, float[]> weights,
        GgmlType type,
        Action<GgufWriter>? vocabulary = null
    )
    {
        OptionsCheck.Require(architecture);
        if (type is not (GgmlType.F32 or GgmlType.F16))
        {
            throw new ArgumentException($"Weights are written as F32 or F16, not {type}.", nameof(type));
        }

        var a = architecture;
        var writer = new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("general.type", "model")
            .Add("general.name", name)
            .Add("llama.vocab_size", (uint)a.Vocabulary)
            .Add("llama.context_length", (uint)a.Context)
            .Add("llama.embedding_length", (uint)a.Width)
            .Add("llama.block_count", (uint)a.Layers)
            .Add("llama.feed_forward_length", (uint)a.FeedForward)
            .Add("llama.attention.head_count", (uint)a.Heads)
            .Add("llama.attention.head_count_kv", (uint)a.KeyHeads)
            .Add("llama.attention.layer_norm_rms_epsilon", a.NormEps)
            .Add("llama.rope.dimension_count", (uint)a.HeadWidth)
            .Add("llama.rope.freq_base", a.RopeBase);
        vocabulary?.Invoke(writer);

        var ones = new float[a.Width];
        Array.Fill(ones, 1);
        void Norm(string norm) => writer.AddTensor(norm, GgmlType.F32, [a.Width], ones.AsSpan());
        foreach (var (weight, rows, columns) in a.Weights)
        {
            var values = weights[weight];
            Debug.Assert(values.LongLength == (long)rows * columns, weight);
            if (weight.EndsWith("attn_q.weight", StringComparison.Ordinal))
            {
                Norm(weight.Replace("attn_q", "attn_norm", StringComparison.Ordinal));
            }
            else if (weight.EndsWith("ffn_gate.weight", StringComparison.Ordinal))
            {
                Norm(weight.Replace("ffn_gate", "ffn_norm", StringComparison.Ordinal));
            }

            writer.AddTensor(weight, type, [columns, rows], values.AsSpan());
        }

        Norm("output_norm.weight");
        if (a.RopeFactors is { } factors)
        {
            writer.AddTensor("rope_freqs.weight", GgmlType.F32, [factors.Count], factors.ToArray().AsSpan());
        }

        writer.Write(path);
    }
}
