using System.Text.Json.Serialization;
using Distiller.Training.Model;

namespace Distiller.Training.Pretraining;

/// <summary>The dimensions of a base that is trained from nothing: llama's blocks, tied embeddings.</summary>
public sealed record TinyArchitecture
{
    /// <summary>D: 2 to 4096, a multiple of <see cref="Heads"/> that leaves each head an even width.</summary>
    public int Width { get; init; } = 256;

    /// <summary>1 to 64.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>H query heads: 1 to 256.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Key heads, which divide the query heads; 0 stands for as many as those.</summary>
    public int KvHeads { get; init; }

    /// <summary>F: 1 to 16384.</summary>
    public int FeedForward { get; init; } = 512;

    /// <summary>V tokens: 2 to 2^20.</summary>
    public int Vocabulary { get; init; } = 1792;

    /// <summary>The longest row, in tokens: 2 to 2^20.</summary>
    public int Context { get; init; } = 4096;

    /// <summary>Above 1. A large one leaves more of each head slow enough to match contents over a thousand tokens.</summary>
    public float RopeBase { get; init; } = 1e6f;

    /// <summary>Half a head's width of positive numbers by which the angles' frequencies are divided; none: all 1.</summary>
    public IReadOnlyList<float>? RopeFactors { get; init; }

    /// <summary>Above 0, at most 1.</summary>
    public float NormEps { get; init; } = 1e-5f;

    /// <summary>hd</summary>
    public int HeadWidth => Width / Heads;

    internal int KeyHeads => KvHeads == 0 ? Heads : KvHeads;

    /// <summary>What is trained, by GGUF name: the embedding first, then seven matrices a layer.</summary>
    [JsonIgnore]
    public IReadOnlyList<LinearShape> Weights =>
        [
            new("token_embd.weight", Vocabulary, Width),
            .. Enumerable
                .Range(0, Layers)
                .SelectMany(l =>
                    new LinearShape[]
                    {
                        new($"blk.{l}.attn_q.weight", Width, Width),
                        new($"blk.{l}.attn_k.weight", KeyHeads * HeadWidth, Width),
                        new($"blk.{l}.attn_v.weight", KeyHeads * HeadWidth, Width),
                        new($"blk.{l}.attn_output.weight", Width, Width),
                        new($"blk.{l}.ffn_gate.weight", FeedForward, Width),
                        new($"blk.{l}.ffn_up.weight", FeedForward, Width),
                        new($"blk.{l}.ffn_down.weight", Width, FeedForward),
                    }
                ),
        ];

    /// <summary>Numbers that are trained.</summary>
    public long Parameters => Weights.Sum(w => (long)w.Out * w.In);

    /// <exception cref="BadInputException">A size is outside its range, or two do not fit together.</exception>
    public void Validate()
    {
        var range = new OptionRange("architecture");
        range.Require(Width is >= 2 and <= 4096, nameof(Width), Width, "2 to 4096");
        range.Require(Layers is >= 1 and <= 64, nameof(Layers), Layers, "1 to 64");
        range.Require(Heads is >= 1 and <= 256, nameof(Heads), Heads, "1 to 256");
        range.Require(
            Width % (2 * Heads) == 0,
            nameof(Width),
            Width,
            $"a multiple of {2 * Heads}: {Heads} heads of an even width"
        );
        range.Require(
            KvHeads >= 0 && KvHeads <= Heads && Heads % KeyHeads == 0,
            nameof(KvHeads),
            KvHeads,
            $"a divisor of {Heads}"
        );
        range.Require(FeedForward is >= 1 and <= 16384, nameof(FeedForward), FeedForward, "1 to 16384");
        range.Require(Vocabulary is >= 2 and <= 1 << 20, nameof(Vocabulary), Vocabulary, "2 to 2^20");
        range.Require(Context is >= 2 and <= 1 << 20, nameof(Context), Context, "2 to 2^20");
        range.Require(float.IsFinite(RopeBase) && RopeBase > 1, nameof(RopeBase), RopeBase, "a number above 1");
        range.Require(NormEps is > 0 and <= 1, nameof(NormEps), NormEps, "above 0, at most 1");
        range.Require(
            RopeFactors is null
                || (RopeFactors.Count == HeadWidth / 2 && RopeFactors.All(f => float.IsFinite(f) && f > 0)),
            nameof(RopeFactors),
            $"[{string.Join(", ", RopeFactors ?? [])}]",
            $"{HeadWidth / 2} positive numbers"
        );
    }
}
