using System.Text;
using Distiller.Gguf;

namespace Distiller.Tests.Support;

/// <summary>
/// A complete small base model that llama.cpp loads: seeded random weights, a byte-level BPE vocabulary
/// (three control tokens, the 256 bytes, a few merges) and a ChatML template.
/// </summary>
internal sealed record TinyBase
{
    public const int EndOfText = 0;
    public const int MessageStart = 1;
    public const int MessageEnd = 2;

    private const string ChatMl =
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
        + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    // Each must follow from byte tokens or earlier merges. "Ġ" is the space of the GPT-2 alphabet.
    private static readonly string[] Merges = ["t h", "th e", "Ġ the", "e r", "i n", "Ġ a", "o n", "r e"];

    /// <summary><c>llama</c>, <c>qwen2</c> and <c>qwen3</c> get the tensors these need; other names get llama's.</summary>
    public string Architecture { get; init; } = "llama";

    public int Width { get; init; } = 64;

    public int FeedForward { get; init; } = 128;

    public int Layers { get; init; } = 2;

    public int Heads { get; init; } = 4;

    public int KvHeads { get; init; } = 2;

    public int Context { get; init; } = 4096;

    public bool Tied { get; init; } = true;

    public bool WithChatTemplate { get; init; } = true;

    public bool WithRopeFreqs { get; init; }

    /// <summary>Of the matrices; norms and biases stay F32.</summary>
    public GgmlType Weights { get; init; } = GgmlType.F32;

    public int Seed { get; init; } = 1;

    public int HeadWidth => Width / Heads;

    public static IReadOnlyList<string> Tokens { get; } =
    [
        "<|endoftext|>",
        "<|im_start|>",
        "<|im_end|>",
        .. Enumerable.Range(0, 256).Select(b => ByteToken(b)),
        .. Merges.Select(m => m.Replace(" ", "", StringComparison.Ordinal)),
    ];

    /// <summary>Writes the file and returns its path.</summary>
    public string Write(string path)
    {
        var writer = new GgufWriter();
        AddSettings(writer);
        AddTokenizer(writer, WithChatTemplate);
        AddWeights(writer);
        writer.Write(path);
        return path;
    }

    /// <summary>The same file, cut off after this share of its bytes.</summary>
    public string WriteTruncated(string path, double share)
    {
        Write(path);
        using var file = File.OpenWrite(path);
        file.SetLength((long)(file.Length * share));
        return path;
    }

    private void AddSettings(GgufWriter w) =>
        w.Add("general.architecture", Architecture)
            .Add("general.type", "model")
            .Add("general.name", "tiny")
            .Add($"{Architecture}.context_length", (uint)Context)
            .Add($"{Architecture}.embedding_length", (uint)Width)
            .Add($"{Architecture}.block_count", (uint)Layers)
            .Add($"{Architecture}.feed_forward_length", (uint)FeedForward)
            .Add($"{Architecture}.attention.head_count", (uint)Heads)
            .Add($"{Architecture}.attention.head_count_kv", (uint)KvHeads)
            .Add($"{Architecture}.attention.key_length", (uint)HeadWidth)
            .Add($"{Architecture}.attention.value_length", (uint)HeadWidth)
            .Add($"{Architecture}.attention.layer_norm_rms_epsilon", 1e-5f)
            .Add($"{Architecture}.rope.dimension_count", (uint)HeadWidth)
            .Add($"{Architecture}.rope.freq_base", 10000f)
            .Add($"{Architecture}.vocab_size", (uint)Tokens.Count);

    public static void AddTokenizer(GgufWriter w, bool withChatTemplate = true)
    {
        const int normal = 1;
        const int control = 3;
        w.Add("tokenizer.ggml.model", "gpt2")
            .Add("tokenizer.ggml.pre", "gpt-2")
            .Add("tokenizer.ggml.tokens", Tokens)
            .Add("tokenizer.ggml.token_type", [.. Tokens.Select((_, i) => i <= MessageEnd ? control : normal)])
            .Add("tokenizer.ggml.merges", Merges)
            .Add("tokenizer.ggml.bos_token_id", (uint)MessageStart)
            .Add("tokenizer.ggml.eos_token_id", (uint)MessageEnd)
            .Add("tokenizer.ggml.padding_token_id", (uint)EndOfText)
            .Add("tokenizer.ggml.add_bos_token", false);
        if (withChatTemplate)
        {
            w.Add("tokenizer.chat_template", ChatMl);
        }
    }

    private void AddWeights(GgufWriter w)
    {
        var random = new Random(Seed);
        var keyWidth = KvHeads * HeadWidth;
        void Matrix(string name, int inner, int outer, float scale) =>
            w.AddTensor($"{name}.weight", Weights, [inner, outer], Gaussian(random, inner * outer, scale));
        void Linear(string name, int inner, int outer) => Matrix(name, inner, outer, 1 / MathF.Sqrt(inner));
        void Vector(string name, int width, float mean, float spread) =>
            w.AddTensor(
                name,
                GgmlType.F32,
                [width],
                Gaussian(random, width, spread).Select(v => mean + v).ToArray().AsSpan()
            );

        Matrix("token_embd", Width, Tokens.Count, 1);
        Vector("output_norm.weight", Width, 1, 0.1f);
        if (!Tied)
        {
            Linear("output", Width, Tokens.Count);
        }

        if (WithRopeFreqs)
        {
            var factors = Enumerable.Range(0, HeadWidth / 2).Select(i => i < 4 ? 1f : 4f).ToArray();
            w.AddTensor("rope_freqs.weight", GgmlType.F32, [HeadWidth / 2], factors.AsSpan());
        }

        for (var layer = 0; layer < Layers; layer++)
        {
            var block = $"blk.{layer}";
            Vector($"{block}.attn_norm.weight", Width, 1, 0.1f);
            Linear($"{block}.attn_q", Width, Width);
            Linear($"{block}.attn_k", Width, keyWidth);
            Linear($"{block}.attn_v", Width, keyWidth);
            if (string.Equals(Architecture, "qwen2", StringComparison.Ordinal))
            {
                Vector($"{block}.attn_q.bias", Width, 0, 0.3f);
                Vector($"{block}.attn_k.bias", keyWidth, 0, 0.3f);
                Vector($"{block}.attn_v.bias", keyWidth, 0, 0.3f);
            }

            if (string.Equals(Architecture, "qwen3", StringComparison.Ordinal))
            {
                Vector($"{block}.attn_q_norm.weight", HeadWidth, 1, 0.1f);
                Vector($"{block}.attn_k_norm.weight", HeadWidth, 1, 0.1f);
            }

            Linear($"{block}.attn_output", Width, Width);
            Vector($"{block}.ffn_norm.weight", Width, 1, 0.1f);
            Linear($"{block}.ffn_gate", Width, FeedForward);
            Linear($"{block}.ffn_up", Width, FeedForward);
            Linear($"{block}.ffn_down", FeedForward, Width);
        }
    }

    private static float[] Gaussian(Random random, int count, float scale)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            // Box and Muller.
            var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[i] = (float)(scale * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }

    /// <summary>GPT-2's alphabet: printable bytes stand for themselves, the others for U+0100 and up, in order.</summary>
    private static string ByteToken(int value)
    {
        static bool Printable(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
        var code = Printable(value) ? value : 256 + Enumerable.Range(0, value).Count(b => !Printable(b));
        return new Rune(code).ToString();
    }
}
