using System.Text.Json.Serialization;

namespace Distiller.Gguf;

// Generated at compile time: the edge is published trimmed.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(AdapterManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
