using System.Globalization;
using System.Text.RegularExpressions;

namespace Distiller.Gguf;

/// <summary>The same linear layer under Hugging Face's name and under GGUF's.</summary>
internal static partial class PeftNames
{
    // In the order in which a layer uses them.
    private static readonly (string Parent, string Peft, string Gguf)[] Linears =
    [
        ("self_attn", "q_proj", "attn_q"),
        ("self_attn", "k_proj", "attn_k"),
        ("self_attn", "v_proj", "attn_v"),
        ("self_attn", "o_proj", "attn_output"),
        ("mlp", "gate_proj", "ffn_gate"),
        ("mlp", "up_proj", "ffn_up"),
        ("mlp", "down_proj", "ffn_down"),
    ];

    /// <summary>
    /// Parses <c>base_model.model.model.layers.N.PARENT.MODULE.lora_{A|B}.weight</c>; null for any other name.
    /// </summary>
    public static (int Layer, int Linear, string Factor)? Parse(string peftName)
    {
        var m = PeftPattern().Match(peftName);
        return m.Success && Find(l => l.Parent == m.Groups[2].Value && l.Peft == m.Groups[3].Value) is { } linear
            ? (int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), linear, m.Groups[4].Value)
            : null;
    }

    /// <summary>
    /// Parses <c>blk.N.MODULE.weight</c>; null for a tensor that PEFT's common seven linears do not include.
    /// </summary>
    public static (int Layer, int Linear)? ParseGguf(string tensor)
    {
        var m = GgufPattern().Match(tensor);
        return m.Success && Find(l => l.Gguf == m.Groups[2].Value) is { } linear
            ? (int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), linear)
            : null;
    }

    public static string Gguf(int layer, int linear) => $"blk.{layer}.{Linears[linear].Gguf}.weight";

    public static string Module(int linear) => Linears[linear].Peft;

    public static string Peft(int layer, int linear, string factor) =>
        $"base_model.model.model.layers.{layer}.{Linears[linear].Parent}.{Linears[linear].Peft}.lora_{factor}.weight";

    /// <summary>The layer as a pattern in <c>adapter_config.json</c> meets it.</summary>
    public static string ModulePath(int layer, int linear) =>
        $"model.layers.{layer}.{Linears[linear].Parent}.{Linears[linear].Peft}";

    /// <summary>Query and key: the rows that llama's converter permutes.</summary>
    public static bool IsQuery(int linear) => linear == 0;

    public static bool IsKey(int linear) => linear == 1;

    private static int? Find(Predicate<(string Parent, string Peft, string Gguf)> match) =>
        Array.FindIndex(Linears, match) is >= 0 and var i ? i : null;

    [GeneratedRegex(
        @"^base_model\.model\.model\.layers\.([0-9]{1,6})\.([a-z_]+)\.([a-z_]+)\.lora_([AB])\.weight$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex PeftPattern();

    [GeneratedRegex(@"^blk\.([0-9]{1,6})\.([a-z_]+)\.weight$", RegexOptions.CultureInvariant)]
    private static partial Regex GgufPattern();
}
