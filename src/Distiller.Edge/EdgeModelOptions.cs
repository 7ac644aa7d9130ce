namespace Distiller.Edge;

public sealed record EdgeModelOptions
{
    /// <summary>Load the tokenizer only: quick, little memory, no sessions.</summary>
    public bool VocabularyOnly { get; init; }

    /// <summary>Threads of the sessions that do not say otherwise. Default: two, or one where the machine has one.</summary>
    public int Threads { get; init; } = Math.Min(2, Environment.ProcessorCount);

    /// <summary>Layers to place on a GPU where llama.cpp has a back end for one; 0 keeps everything on the CPU.</summary>
    public int GpuLayers { get; init; }
}
