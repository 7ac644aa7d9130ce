using System.Security.Cryptography;
using Distiller.Gguf;
using Distiller.Jobs.Stages;
using Distiller.Lake;

namespace Distiller.Tests.Support;

/// <summary>What two nights are compared by: SHA-256 of the adapter as it was trained and as it is delivered.</summary>
internal static class AdapterHashes
{
    /// <param name="home">A workspace that holds one night.</param>
    public static IReadOnlyList<string> Of(string home)
    {
        using var workspace = Workspace.OpenReadOnly(home);
        var adapter = workspace.Artifacts.Latest(ArtifactKind.Adapter)!;
        var quantized = workspace.Artifacts.Latest(ArtifactKind.Quantized)!;
        return
        [
            .. new[]
            {
                adapter.File(DistillStage.AdapterFile),
                quantized.File(Exporter.F16File),
                quantized.File(Exporter.Int4File),
            }.Select(f => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f)))),
        ];
    }
}
