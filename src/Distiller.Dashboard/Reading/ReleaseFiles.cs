namespace Distiller.Dashboard.Reading;

/// <summary>Names within a release, as <c>ops/decisions/0004</c> lays it out.</summary>
internal static class ReleaseFiles
{
    public const string F16 = "adapter-f16.gguf";
    public const string Int4 = "adapter-int4.gguf";
}
