namespace Distiller.Edge;

/// <summary>What a saved cache belongs to.</summary>
/// <param name="AdapterSha256">Null: the base model alone.</param>
/// <param name="LogitsCount">Floats of the last logits, between this header and the cache; 0 or V.</param>
/// <param name="ContentSha256">Of everything behind this header.</param>
internal sealed record SessionStateHeader(
    string LlamaVersion,
    string ModelSha256,
    string? AdapterSha256,
    float AdapterScale,
    bool Exact,
    int LogitsCount,
    string ContentSha256,
    int[] Tokens
);
