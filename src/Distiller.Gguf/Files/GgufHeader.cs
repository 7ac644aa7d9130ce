namespace Distiller.Gguf;

/// <summary>What stands before the tensor data, checked.</summary>
internal sealed record GgufHeader(
    int Version,
    OrderedDictionary<string, object> Values,
    IReadOnlyList<GgufTensor> Tensors
);
