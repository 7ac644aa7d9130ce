namespace Distiller.Lake;

/// <summary>Files of artifacts that readers outside the stages look for.</summary>
public static class ArtifactFileName
{
    /// <summary>The mined patterns, in an artifact of kind <see cref="ArtifactKind.Mined"/>.</summary>
    public const string Patterns = "patterns.parquet";

    /// <summary>One row per optimizer step, in an artifact of kind <see cref="ArtifactKind.Adapter"/>.</summary>
    public const string Curve = "curve.parquet";

    /// <summary>The page for people, in artifacts of kind <see cref="ArtifactKind.Evaluation"/> and <see cref="ArtifactKind.Trial"/>.</summary>
    public const string Report = "report.html";
}
