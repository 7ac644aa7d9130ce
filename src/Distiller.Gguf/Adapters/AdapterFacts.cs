namespace Distiller.Gguf;

/// <summary>What a verified adapter file says of itself.</summary>
/// <param name="Rank">As stored; of a 4-bit file, the padded rank.</param>
/// <param name="BaseSha256">Null when the file names no base.</param>
/// <param name="Encoding"><c>f16</c> or <c>int4</c>; null when another program wrote the file.</param>
public sealed record AdapterFacts(
    string Architecture,
    int Rank,
    float Alpha,
    int ChangedTensors,
    string? BaseSha256,
    string? Encoding,
    string? Lineage,
    long FileBytes
);
