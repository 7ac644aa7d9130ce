namespace Distiller.Evaluation;

/// <summary>What is compared, by the name it has in rows and figures.</summary>
public static class Arm
{
    /// <summary>The bare base model.</summary>
    public const string Base = "base";

    /// <summary>The base with the adapter in 16 bit.</summary>
    public const string AdapterF16 = "adapter-f16";

    /// <summary>The base with the adapter in INT4, as exported.</summary>
    public const string AdapterInt4 = "adapter-int4";

    public static IReadOnlyList<string> All { get; } = [Base, AdapterF16, AdapterInt4];
}
