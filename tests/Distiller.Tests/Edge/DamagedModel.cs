using System.Text;
using Distiller.Gguf;

namespace Distiller.Tests.Edge;

/// <summary>
/// A copy of a model or adapter with seeded damage: to single bytes, to where the weights lie, or to what the metadata, the
/// tokenizer and the tensors say.
/// </summary>
internal static class DamagedModel
{
    private static readonly uint[] Numbers =
    [
        0,
        1,
        2,
        3,
        5,
        7,
        31,
        255,
        266,
        267,
        300,
        4096,
        65535,
        1u << 24,
        1u << 31,
        uint.MaxValue,
    ];
    private static readonly float[] Floats = [0, -1, 1, 1e-30f, 1e30f, float.NaN, float.PositiveInfinity, 0.5f];
    private static readonly string[] Texts =
    [
        "",
        "llama",
        "gpt2",
        "bert",
        "default",
        "llama-bpe",
        "qwen2",
        "<|im_end|>",
        " ",
        "a b",
        "\u2581",
        "\n",
    ];

    // Settings llama.cpp reads for these architectures, which the tiny base does not have.
    private static readonly string[] Extra =
    [
        "llama.attention.sliding_window",
        "llama.attention.clamp_kqv",
        "llama.attention.scale",
        "llama.logit_scale",
        "llama.rope.scaling.factor",
        "llama.rope.scaling.type",
        "llama.rope.scaling.original_context_length",
        "llama.rope.scaling.attn_factor",
        "llama.rope.scaling.finetuned",
        "llama.expert_used_count",
        "llama.pooling_type",
        "llama.attention.max_alibi_bias",
        "llama.use_parallel_residual",
        "llama.attention.causal",
        "llama.embedding_length_out",
        "llama.leading_dense_block_count",
        "llama.attention.shared_kv_layers",
        "llama.residual_scale",
        "llama.rope.scale_linear",
        "llama.nextn_predict_layers",
        "llama.attention.layer_norm_epsilon",
        "general.file_type",
        "general.quantization_version",
        "general.alignment",
        "tokenizer.ggml.add_eos_token",
        "tokenizer.ggml.add_sep_token",
        "tokenizer.ggml.add_space_prefix",
        "tokenizer.ggml.eot_token_id",
        "tokenizer.ggml.unknown_token_id",
        "tokenizer.ggml.mask_token_id",
        "tokenizer.ggml.fim_pre_token_id",
        "tokenizer.ggml.token_type_count",
        "tokenizer.ggml.remove_extra_whitespaces",
        "tokenizer.ggml.suppress_tokens",
        "tokenizer.ggml.scores",
        "tokenizer.ggml.precompiled_charsmap",
        "tokenizer.ggml.normalizer.lowercase",
        "tokenizer.chat_template.tool_use",
        "split.no",
        "split.tensors.count",
        "llama.attention.sliding_window_pattern",
        "llama.attention.temperature_scale",
        "llama.decoder_start_token_id",
    ];

    public static void Write(GgufFile good, string path, int seed)
    {
        var random = new Random(seed);
        switch (random.Next(8))
        {
            case 0 or 1:
                WriteBytes(good, path, random);
                return;
            case 2:
                Realign(good.Path, path, Pick(random, [1u, 2u, 4u, 8u, 16u, 32u, 64u, 256u]), random.Next(2) == 0);
                return;
        }

        var (changed, added) = random.Next(3) switch
        {
            0 => ("", Pick(random, Extra)),
            _ => (Pick(random, [.. good.Metadata.Keys]), ""),
        };
        var writer = new GgufWriter();
        foreach (var key in good.Metadata.Keys)
        {
            Add(writer, key, key == changed ? Damage(good.Metadata.Find(key)!, random) : good.Metadata.Find(key)!);
        }

        if (added.Length > 0)
        {
            Add(writer, added, Any(random));
        }

        var lost = random.Next(8) == 0 ? random.Next(good.Tensors.Count) : -1;
        var retyped = random.Next(4) == 0 ? random.Next(good.Tensors.Count) : -1;
        foreach (var (tensor, i) in good.Tensors.Select((t, i) => (t, i)).Where(t => t.i != lost))
        {
            var values = good.ReadFloats(tensor);
            if (random.Next(40) == 0)
            {
                values[random.Next(values.Length)] = Pick(random, Floats);
            }

            var type =
                i == retyped ? Pick(random, [GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0, GgmlType.Q4_0]) : tensor.Type;
            var fits = tensor.RowElements % GgmlLayout.Of(type)!.Value.BlockElements == 0 && values.All(float.IsFinite);
            writer.AddTensor(tensor.Name, fits ? type : tensor.Type, tensor.Shape.ToArray(), values.AsSpan());
        }

        writer.Write(path);
    }

    /// <summary>
    /// The same model with <c>general.alignment</c>, its weights starting at a multiple of it: an odd one, or an even one.
    /// </summary>
    public static string Realign(string good, string path, uint alignment, bool odd)
    {
        using var file = GgufFile.Open(good);
        var bytes = File.ReadAllBytes(good);
        using var data = new MemoryStream();
        foreach (var (tensor, i) in file.Tensors.Select((t, i) => (t, i)))
        {
            data.Write(new byte[Padding(data.Length)]);
            BitConverter.TryWriteBytes(bytes.AsSpan(TensorEntry(bytes, file, i).Offset), data.Length);
            data.Write(bytes, (int)tensor.Offset, (int)tensor.Bytes);
        }

        var end = TensorEntry(bytes, file, file.Tensors.Count - 1).Offset + sizeof(ulong);
        for (var text = 1; ; text++)
        {
            // An entry for the alignment, and one whose text is as long as it takes to get the weights to their place.
            byte[] head =
            [
                .. bytes[..16],
                .. BitConverter.GetBytes(BitConverter.ToUInt64(bytes, 16) + 2),
                .. Entry("general.alignment", 4, BitConverter.GetBytes(alignment)),
                .. Entry("general.padding", 8, [.. BitConverter.GetBytes((ulong)text), .. new byte[text]]),
                .. bytes[24..end],
            ];
            var start = head.Length + Padding(head.Length);
            if (start / alignment % 2 == (odd ? 1 : 0))
            {
                File.WriteAllBytes(path, [.. head, .. new byte[start - head.Length], .. data.ToArray()]);
                return path;
            }
        }

        long Padding(long length) => (alignment - (length % alignment)) % alignment;

        static byte[] Entry(string key, uint type, byte[] value) =>
            [
                .. BitConverter.GetBytes((ulong)key.Length),
                .. Encoding.UTF8.GetBytes(key),
                .. BitConverter.GetBytes(type),
                .. value,
            ];
    }

    /// <summary>Bytes changed in the file as it stands: counts, metadata, what the tensors are said to be, weights, its end.</summary>
    private static void WriteBytes(GgufFile good, string path, Random random)
    {
        var whole = File.ReadAllBytes(good.Path);
        var bytes = whole.ToArray();
        var header = (int)good.Tensors[0].Offset;
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var (type, offset) = TensorEntry(whole, good, random.Next(good.Tensors.Count));
            switch (random.Next(6))
            {
                case 0: // Magic, version and counts.
                    bytes[random.Next(24)] = (byte)random.Next(256);
                    break;
                case 1:
                    BitConverter.TryWriteBytes(bytes.AsSpan(type), random.Next(45));
                    break;
                case 2:
                    BitConverter.TryWriteBytes(bytes.AsSpan(offset), (ulong)Pick(random, Numbers));
                    break;
                case 3: // Any weights: every pattern of bits is some number.
                    random.NextBytes(bytes.AsSpan(random.Next(header, bytes.Length - 4), 4));
                    break;
                default:
                    bytes[random.Next(24, header)] = (byte)random.Next(256);
                    break;
            }
        }

        File.WriteAllBytes(path, random.Next(8) == 0 ? bytes[..random.Next(bytes.Length)] : bytes);
    }

    /// <summary>Where the entry of a tensor says its type and offset.</summary>
    private static (int Type, int Offset) TensorEntry(byte[] bytes, GgufFile file, int index)
    {
        var tensor = file.Tensors[index];
        byte[] name = [.. BitConverter.GetBytes((ulong)tensor.Name.Length), .. Encoding.UTF8.GetBytes(tensor.Name)];
        var dimensions = bytes.AsSpan(0, (int)file.Tensors[0].Offset).LastIndexOf(name) + name.Length;
        dimensions.ShouldBeGreaterThan(name.Length);
        var type = dimensions + sizeof(int) + (sizeof(ulong) * tensor.Shape.Count);
        return (type, type + sizeof(int));
    }

    private static object Any(Random random) =>
        random.Next(5) switch
        {
            0 => Pick(random, Numbers),
            1 => Pick(random, Floats),
            2 => Pick(random, Texts),
            3 => random.Next(2) == 0,
            _ => new[] { 1, -1, 400 },
        };

    private static object Damage(object value, Random random) =>
        random.Next(6) == 0
            ? Any(random)
            : value switch
            {
                uint => Pick(random, Numbers),
                float => Pick(random, Floats),
                bool b => !b,
                string => Pick(random, Texts),
                int[] list => OneChanged(list, random.Next(-2, 10), random),
                string[] list => OneChanged(list, Pick(random, Texts), random),
                _ => value,
            };

    private static T[] OneChanged<T>(T[] list, T by, Random random)
    {
        var copy = list.ToArray();
        copy[random.Next(copy.Length)] = by;
        return copy;
    }

    private static void Add(GgufWriter writer, string key, object value) =>
        _ = value switch
        {
            string v => writer.Add(key, v),
            uint v => writer.Add(key, v),
            float v => writer.Add(key, v),
            bool v => writer.Add(key, v),
            string[] v => writer.Add(key, v),
            int[] v => writer.Add(key, v),
            _ => throw new InvalidOperationException($"{key}: {value}"),
        };

    private static T Pick<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
