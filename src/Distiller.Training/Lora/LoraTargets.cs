namespace Distiller.Training.Lora;

/// <summary>Which of a layer's seven weights get an adapter.</summary>
[Flags]
public enum LoraTargets
{
    None = 0,
    Query = 1,
    Key = 2,
    Value = 4,
    Output = 8,
    Gate = 16,
    Up = 32,
    Down = 64,
    Attention = Query | Key | Value | Output,
    FeedForward = Gate | Up | Down,
    All = Attention | FeedForward,
}

/// <summary>The targets' names in GGUF files.</summary>
public static class LoraTargetNames
{
    private static readonly (string Name, LoraTargets Target)[] Known =
    [
        ("attn_q", LoraTargets.Query),
        ("attn_k", LoraTargets.Key),
        ("attn_v", LoraTargets.Value),
        ("attn_output", LoraTargets.Output),
        ("ffn_gate", LoraTargets.Gate),
        ("ffn_up", LoraTargets.Up),
        ("ffn_down", LoraTargets.Down),
    ];

    /// <summary><c>all</c>, or names such as <c>attn_q,attn_v</c>.</summary>
    /// <exception cref="BadInputException">A name is unknown.</exception>
    public static LoraTargets Parse(string text)
    {
        if (text is "all")
        {
            return LoraTargets.All;
        }

        var targets = LoraTargets.None;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var found = Known.FirstOrDefault(k => string.Equals(k.Name, part, StringComparison.Ordinal)).Target;
            targets |= found is not LoraTargets.None
                ? found
                : throw new BadInputException(
                    new SourceLocation("targets", 0),
                    $"'{part}' is not a weight that an adapter can change.",
                    $"Say all, or some of {string.Join(", ", Known.Select(k => k.Name))}."
                );
        }

        return targets;
    }

    /// <summary>The targets' names, in the order in which a layer uses them.</summary>
    public static string Format(LoraTargets targets) =>
        string.Join(',', Known.Where(k => targets.HasFlag(k.Target)).Select(k => k.Name));

    /// <summary>The target that the weight <c>blk.0.attn_q.weight</c> is; None for any other name.</summary>
    internal static LoraTargets Of(string baseTensor) =>
        baseTensor.Split('.') is ["blk", _, var name, "weight"]
            ? Known.FirstOrDefault(k => string.Equals(k.Name, name, StringComparison.Ordinal)).Target
            : LoraTargets.None;
}
