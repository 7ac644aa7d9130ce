using System.Runtime.InteropServices;

namespace Distiller.Edge.Native;

/// <summary>
/// <c>llama_batch</c>: 56 bytes. Positions and sequence ids may be null: llama.cpp then goes on behind the last cached
/// position of sequence 0, which is all a session has.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LlamaBatch
{
    public int Count;
    public int* Tokens;
    public float* Embeddings;
    public int* Positions;
    public int* SequenceCounts;
    public int** SequenceIds;

    /// <summary>One flag a token: 1 where its logits are wanted.</summary>
    public byte* WantsLogits;
}
