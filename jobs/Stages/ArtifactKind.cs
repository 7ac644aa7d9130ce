namespace Distiller.Jobs.Stages;

/// <summary>Folders under <c>artifacts/</c>, in running order.</summary>
public static class ArtifactKind
{
    public const string Reduced = "reduced";
    public const string Mined = "mined";
    public const string Adapter = "adapter";
    public const string Quantized = "quantized";
    public const string Evaluation = "evaluation";

    /// <summary>Tasks that were worked under several arms, in the form of <c>TrialFolder</c>.</summary>
    public const string Trial = "trial";
}
