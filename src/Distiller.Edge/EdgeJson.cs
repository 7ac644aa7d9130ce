using System.Text.Json.Serialization;

namespace Distiller.Edge;

/// <summary>Generated serializers: nothing is looked up at run time, so trimming cannot break it.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SessionStateHeader))]
internal sealed partial class EdgeJson : JsonSerializerContext;
