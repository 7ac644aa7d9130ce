using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Distiller.Core.Settings;
using Distiller.Training.Model;

namespace Distiller.Pretraining;

/// <summary>The dimensions of a base that is trained from nothing: llama's blocks, tied embeddings.</summary>
public sealed record TinyArchitecture : IValidatableObject
{
    /// <summary>D: a multiple of <see cref="Heads"/> that leaves each head an even width.</summary>
    [Range(2, 4096)]
    public int Width { get; init; } = 256;

    [Setting("layers", "Layers")]
    [Range(1, 64)]
    public int Layers { get; init; } = 4;

    /// <summary>H query heads.</summary>
    [Range(1, 256)]
    public int Heads { get; init; } = 8;

    /// <summary>Key heads, which divide the query heads; 0 stands for as many as those.</summary>
    [Range(0, 256)]
    public int KvHeads { get; init; }

    /// <summary>F</summary>
    [Setting("feed-forward", "Width inside the feed-forward blocks")]
    [Range(1, 16_384)]
    public int FeedForward { get; init; } = 512;

    /// <summary>V</summary>
    [Setting("vocabulary", "Tokens of the vocabulary, where the folder has none yet")]
    [Range(2, 1 << 20)]
    public int Vocabulary { get; init; } = 1792;

    /// <summary>The longest row, in tokens.</summary>
    [Range(2, 1 << 20)]
    public int Context { get; init; } = 4096;

    /// <summary>
    /// With a large base frequency, more dimensions of a head rotate slowly enough to match contents over a thousand
    /// tokens.
    /// </summary>
    [Range(1.0, float.MaxValue, MinimumIsExclusive = true)]
    public float RopeBase { get; init; } = 1e6f;

    /// <summary>
    /// Half a head's width of positive numbers by which the angles' frequencies are divided; none: all 1.
    /// </summary>
    public IReadOnlyList<float>? RopeFactors { get; init; }

    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public float NormEps { get; init; } = 1e-5f;

    /// <summary>hd</summary>
    public int HeadWidth => Width / Heads;

    internal int KeyHeads => KvHeads == 0 ? Heads : KvHeads;

    /// <summary>Trained weights by GGUF name: the embedding first, then seven matrices a layer.</summary>
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

    /// <summary>Number of trained parameters.</summary>
    public long Parameters => Weights.Sum(w => (long)w.Out * w.In);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Width % (2 * Heads) != 0)
        {
            yield return new ValidationResult(
                $"Give a multiple of {2 * Heads}: {Heads} heads of an even width.",
                [nameof(Width)]
            );
        }

        if (KvHeads > Heads || Heads % KeyHeads != 0)
        {
            yield return new ValidationResult($"Give a divisor of {Heads}.", [nameof(KvHeads)]);
        }

        if (
            RopeFactors is not null
            && (RopeFactors.Count != HeadWidth / 2 || !RopeFactors.All(f => float.IsFinite(f) && f > 0))
        )
        {
            yield return new ValidationResult($"Give {HeadWidth / 2} positive numbers.", [nameof(RopeFactors)]);
        }
    }
}
