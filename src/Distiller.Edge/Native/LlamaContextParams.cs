using System.Runtime.InteropServices;

namespace Distiller.Edge.Native;

/// <summary><c>llama_context_params</c> of <see cref="NativeLibraries.SupportedVersion"/>: 160 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LlamaContextParams
{
    public uint ContextTokens;
    public uint BatchTokens;
    public uint MicroBatchTokens;
    public uint SequencesMax;
    public uint RecurrentSnapshots;
    public uint OutputsMax;
    public uint OutputsMaxPerSequence;
    public int Threads;
    public int ThreadsBatch;
    public int ContextType;
    public int RopeScalingType;
    public int PoolingType;
    public int AttentionType;
    public int FlashAttentionType;
    public float RopeFrequencyBase;
    public float RopeFrequencyScale;
    public float YarnExtFactor;
    public float YarnAttentionFactor;
    public float YarnBetaFast;
    public float YarnBetaSlow;
    public uint YarnOriginalContext;
    public float DefragmentThreshold;
    public nint EvaluationCallback;
    public nint EvaluationUserData;
    public int TypeK;
    public int TypeV;
    public nint AbortCallback;
    public nint AbortUserData;
    public byte Embeddings;
    public byte OffloadKqv;
    public byte NoPerformanceCounters;
    public byte OperationOffload;
    public byte SlidingWindowFull;
    public byte UnifiedCache;
    public nint Samplers;
    public nuint SamplersCount;
    public nint OtherContext;
}
