namespace Distiller.Edge;

/// <summary>What the edge runtime runs on, for <c>doctor</c>.</summary>
/// <param name="Folder">Where the native libraries lie.</param>
/// <param name="CpuPlugin">File name of the loaded CPU plugin.</param>
public sealed record EdgeRuntimeDescription(
    string LlamaVersion,
    string GgmlCommit,
    string Folder,
    string CpuPlugin,
    IReadOnlyList<EdgeDevice> Devices
);
