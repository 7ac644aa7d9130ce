namespace Distiller.Lake;

/// <summary>Folders under <c>artifacts/</c>, in running order.</summary>
public static class ArtifactKind
{
    public const string Reduced = "reduced";
    public const string Mined = "mined";
    public const string Adapter = "adapter";
    public const string Quantized = "quantized";
    public const string Evaluation = "evaluation";

    /// <summary>The null control has kinds of its own: what is newest of the others is never the control's.</summary>
    public const string ControlExamples = "control-examples";
    public const string ControlAdapter = "control-adapter";
    public const string ControlQuantized = "control-quantized";

    /// <summary>Tasks that were worked under several arms, in the form of the evaluation's <c>TrialFolder</c>.</summary>
    public const string Trial = "trial";

    /// <summary>
    /// The name under which the making of a kind is shown, where its recipe's would not tell it from its neighbours.
    /// </summary>
    public static string? StageOf(string kind) =>
        kind switch
        {
            ControlExamples => "shuffle",
            ControlQuantized => "control-quantize",
            _ => null,
        };
}
