namespace Distiller.Edge;

/// <summary>Which CPU plugin was seen to work on this machine.</summary>
/// <param name="LlamaVersion">It holds for this release only,</param>
/// <param name="Machine">and for this processor and kernel only: SHA-256 of what they say of themselves.</param>
/// <param name="Plugin">File name of the best plugin whose trial succeeded.</param>
/// <param name="Rejected">Better rated ones whose trial failed, best first.</param>
public sealed record PluginVerdict(
    string LlamaVersion,
    string Machine,
    string Plugin,
    IReadOnlyList<RejectedPlugin> Rejected
);
