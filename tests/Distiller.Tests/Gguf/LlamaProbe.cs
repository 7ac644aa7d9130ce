using System.Runtime.InteropServices;
using System.Text;

namespace Distiller.Tests.Gguf;

/// <summary>
/// Just enough of llama.cpp to ask it what it makes of the files written here: load a base, attach an adapter, read
/// logits. Called through exported symbols, so that it depends on no binding of ours.
/// </summary>
internal sealed unsafe class LlamaProbe : IDisposable
{
    private const int Flash = 0;
    private static readonly Lazy<(nint Llama, nint Ggml)> Native = new(Load);

    private readonly nint _model;
    private nint _adapter;

    public LlamaProbe(string path)
    {
        var parameters = ((delegate* unmanaged[Cdecl]<ModelParameters>)Llama("llama_model_default_params"))();
        // No repacked buffers: keeps clear of AMX kernels that some machines may not run.
        parameters.UseExtraBuffers = 0;
        parameters.GpuLayers = 0;
        fixed (byte* name = Text(path))
        {
            _model = ((delegate* unmanaged[Cdecl]<byte*, ModelParameters, nint>)Llama("llama_model_load_from_file"))(
                name,
                parameters
            );
        }
    }

    public bool Loaded => _model != 0;

    /// <summary>False when llama.cpp refuses the adapter.</summary>
    public bool Attach(string path)
    {
        fixed (byte* name = Text(path))
        {
            _adapter = ((delegate* unmanaged[Cdecl]<nint, byte*, nint>)Llama("llama_adapter_lora_init"))(_model, name);
        }

        return _adapter != 0;
    }

    public int[] Tokenize(string text)
    {
        var vocabulary = ((delegate* unmanaged[Cdecl]<nint, nint>)Llama("llama_model_get_vocab"))(_model);
        var tokens = new int[text.Length * 4];
        fixed (byte* bytes = Text(text))
        fixed (int* to = tokens)
        {
            var n = ((delegate* unmanaged[Cdecl]<nint, byte*, int, int*, int, byte, byte, int>)Llama("llama_tokenize"))(
                vocabulary,
                bytes,
                Encoding.UTF8.GetByteCount(text),
                to,
                tokens.Length,
                1,
                1
            );
            return tokens[..n];
        }
    }

    /// <summary>Logits after the last token, F32 cache, no flash attention, one thread.</summary>
    public float[] Logits(int[] tokens)
    {
        var parameters = ((delegate* unmanaged[Cdecl]<ContextParameters>)Llama("llama_context_default_params"))();
        parameters.Context = 512;
        parameters.Threads = parameters.BatchThreads = 1;
        parameters.FlashAttention = Flash;
        parameters.KeyType = parameters.ValueType = 0;
        var context = ((delegate* unmanaged[Cdecl]<nint, ContextParameters, nint>)Llama("llama_init_from_model"))(
            _model,
            parameters
        );
        try
        {
            if (_adapter != 0)
            {
                var adapter = _adapter;
                var scale = 1f;
                ((delegate* unmanaged[Cdecl]<nint, nint*, nuint, float*, int>)Llama("llama_set_adapters_lora"))(
                    context,
                    &adapter,
                    1,
                    &scale
                )
                    .ShouldBe(0);
            }

            fixed (int* ids = tokens)
            {
                var batch = ((delegate* unmanaged[Cdecl]<int*, int, Batch>)Llama("llama_batch_get_one"))(
                    ids,
                    tokens.Length
                );
                ((delegate* unmanaged[Cdecl]<nint, Batch, int>)Llama("llama_decode"))(context, batch).ShouldBe(0);
            }

            var vocabulary = ((delegate* unmanaged[Cdecl]<nint, nint>)Llama("llama_model_get_vocab"))(_model);
            var count = ((delegate* unmanaged[Cdecl]<nint, int>)Llama("llama_vocab_n_tokens"))(vocabulary);
            var logits = ((delegate* unmanaged[Cdecl]<nint, int, float*>)Llama("llama_get_logits_ith"))(context, -1);
            return new Span<float>(logits, count).ToArray();
        }
        finally
        {
            ((delegate* unmanaged[Cdecl]<nint, void>)Llama("llama_free"))(context);
        }
    }

    public void Dispose()
    {
        if (_adapter != 0)
        {
            ((delegate* unmanaged[Cdecl]<nint, void>)Llama("llama_adapter_lora_free"))(_adapter);
        }

        if (_model != 0)
        {
            ((delegate* unmanaged[Cdecl]<nint, void>)Llama("llama_model_free"))(_model);
        }
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + "\0");

    private static nint Llama(string name) => NativeLibrary.GetExport(Native.Value.Llama, name);

    private static (nint Llama, nint Ggml) Load()
    {
        var folder = NativeFolder.Find("llama");
        var ggml = NativeLibrary.Load(Directory.GetFiles(folder, "libggml.v*.so").Single());
        var llama = NativeLibrary.Load(Directory.GetFiles(folder, "libllama.v*.so").Single());
        fixed (byte* path = Text(folder))
        {
            ((delegate* unmanaged[Cdecl]<byte*, void>)NativeLibrary.GetExport(ggml, "ggml_backend_load_all_from_path"))(
                path
            );
        }

        (
            (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<int, byte*, void*, void>, void*, void>)
                NativeLibrary.GetExport(llama, "llama_log_set")
        )(&Silent, null);
        return (llama, ggml);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static void Silent(int level, byte* text, void* data) { }

    // Layouts of llama.cpp v0.5.0: 80, 160 and 56 bytes.
    [StructLayout(LayoutKind.Explicit, Size = 80)]
    private struct ModelParameters
    {
        [FieldOffset(16)]
        public int GpuLayers;

        [FieldOffset(74)]
        public byte UseExtraBuffers;
    }

    [StructLayout(LayoutKind.Explicit, Size = 160)]
    private struct ContextParameters
    {
        [FieldOffset(0)]
        public uint Context;

        [FieldOffset(28)]
        public int Threads;

        [FieldOffset(32)]
        public int BatchThreads;

        [FieldOffset(52)]
        public int FlashAttention;

        [FieldOffset(104)]
        public int KeyType;

        [FieldOffset(108)]
        public int ValueType;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Batch
    {
        public int Count;
        public int* Token;
        public float* Embedding;
        public int* Position;
        public int* SequenceCount;
        public int** Sequence;
        public sbyte* Logits;
    }
}
