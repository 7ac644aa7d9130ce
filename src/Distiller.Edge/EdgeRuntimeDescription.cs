namespace Distiller.Edge;

/// <summary>What the edge runtime runs on, for <c>doctor</c> and for the report of an evaluation.</summary>
/// <param name="GgmlVersion">Version of the ggml that llama.cpp is built with.</param>
/// <param name="GgmlCommit">Its commit.</param>
/// <param name="Folder">Where the native libraries lie.</param>
/// <param name="CpuVariant">For which processor they are built: <c>avx512</c>, <c>avx2</c>, ...</param>
public sealed record EdgeRuntimeDescription(
    string LlamaSharpVersion,
    string GgmlVersion,
    string GgmlCommit,
    string Folder,
    string CpuVariant,
    IReadOnlyList<EdgeDevice> Devices
)
{
    /// <summary>For example <c>llama.cpp of LLamaSharp 0.30.0 (ggml 0.18.0, 815a2a591), avx512</c>.</summary>
    public override string ToString() =>
        $"llama.cpp of LLamaSharp {LlamaSharpVersion} (ggml {GgmlVersion}, {GgmlCommit}), {CpuVariant}";
}
