using Distiller.Gguf;

namespace Distiller.Cli.Commands;

/// <summary>The document of <c>quantize --json</c>.</summary>
internal sealed record QuantizedResult(string Artifact, string Folder, AdapterManifest Manifest);
