using System.Runtime.CompilerServices;
using System.Text;
using Distiller.Edge;
using LLama;
using LLama.Common;
using LLama.Exceptions;
using LLama.Native;

namespace Distiller.Tests.Gguf;

/// <summary>
/// Asks llama.cpp what it makes of a file, by LLamaSharp alone: without the checks of ours that stand in front of it,
/// and by its own way of evaluating.
/// </summary>
internal sealed class LlamaProbe : IDisposable
{
    private readonly LLamaWeights? _model;
    private readonly ModelParams _parameters;
    private LoraAdapter? _adapter;

    public LlamaProbe(string path)
    {
        // Loads the native library as the edge runtime does; LLamaSharp would look for it itself otherwise.
        EdgeRuntime.Describe();
        _parameters = new ModelParams(path)
        {
            ContextSize = 512,
            Threads = 1,
            BatchThreads = 1,
            GpuLayerCount = 0,
            TypeK = GGMLType.GGML_TYPE_F32,
            TypeV = GGMLType.GGML_TYPE_F32,
            FlashAttention = false,
        };
        try
        {
            _model = LLamaWeights.LoadFromFile(_parameters);
        }
        catch (LoadWeightsFailedException)
        {
            _model = null;
        }
    }

    public bool Loaded => _model is not null;

    /// <summary>False when llama.cpp refuses the adapter.</summary>
    public bool Attach(string path)
    {
        _adapter = _model!.NativeHandle.LoadLoraFromFile(path);
        return Pointer(_adapter) != 0;
    }

    public int[] Tokenize(string text) =>
        [.. _model!.Tokenize(text, add_bos: true, special: true, Encoding.UTF8).Select(t => (int)t)];

    /// <summary>Logits after the last token, F32 cache, no flash attention, one thread.</summary>
    public float[] Logits(int[] tokens)
    {
        using var context = _model!.CreateContext(_parameters);
        if (_adapter is not null)
        {
            context.NativeHandle.SetLoraAdapters((_adapter, 1f));
        }

        var batch = new LLamaBatch();
        batch.AddRange([.. tokens.Select(t => (LLamaToken)t)], 0, LLamaSeqId.Zero, logitsLast: true);
        context.Decode(batch).ShouldBe(DecodeResult.Ok);
        return context.NativeHandle.GetLogitsIth(tokens.Length - 1).ToArray();
    }

    public void Dispose() => _model?.Dispose();

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Pointer")]
    private static extern nint Pointer(LoraAdapter adapter);
}
