using System.Runtime.InteropServices;
using Distiller.Gguf;
using LLama.Native;

namespace Distiller.Edge.Llama;

/// <summary>The few functions of llama.cpp that LLamaSharp does not give, or not in a form that fits.</summary>
internal static unsafe class LlamaExports
{
    private static readonly delegate* unmanaged[Cdecl]<nint, LLamaNativeBatch, int> s_decode =
        (delegate* unmanaged[Cdecl]<nint, LLamaNativeBatch, int>)LlamaLibrary.LlamaExport("llama_decode");

    private static readonly delegate* unmanaged[Cdecl]<nint, nint> s_vocabulary = (delegate* unmanaged[Cdecl]<
        nint,
        nint>)
        LlamaLibrary.LlamaExport("llama_model_get_vocab");

    // vocabulary, tokens, count, text, capacity, remove special, unparse special.
    private static readonly delegate* unmanaged[Cdecl]<nint, int*, int, byte*, int, byte, byte, int> s_detokenize =
        (delegate* unmanaged[Cdecl]<nint, int*, int, byte*, int, byte, byte, int>)
            LlamaLibrary.LlamaExport("llama_detokenize");

    private static readonly delegate* unmanaged[Cdecl]<nint, byte*> s_deviceDescription = (delegate* unmanaged[Cdecl]<
        nint,
        byte*>)
        LlamaLibrary.GgmlExport("ggml_backend_dev_description");

    private static readonly delegate* unmanaged[Cdecl]<nint, int> s_deviceType = (delegate* unmanaged[Cdecl]<nint, int>)
        LlamaLibrary.GgmlExport("ggml_backend_dev_type");

    private static readonly delegate* unmanaged[Cdecl]<nint, nuint*, nuint*, void> s_deviceMemory =
        (delegate* unmanaged[Cdecl]<nint, nuint*, nuint*, void>)LlamaLibrary.GgmlExport("ggml_backend_dev_memory");

    /// <summary>
    /// Evaluates a batch; 0 when it worked. LLamaSharp's own lets one context of the process compute at a time; on a CPU
    /// several may.
    /// </summary>
    public static int Decode(SafeLLamaContextHandle context, LLamaNativeBatch batch)
    {
        using var alive = new HandleReference(context);
        return s_decode(context.DangerousGetHandle(), batch);
    }

    /// <summary>The text of tokens as UTF-8. Returns its length, or minus the capacity needed.</summary>
    public static int Detokenize(SafeLlamaModelHandle model, ReadOnlySpan<int> tokens, Span<byte> text, bool special)
    {
        using var alive = new HandleReference(model);
        fixed (int* from = tokens)
        fixed (byte* to = text)
        {
            var vocabulary = s_vocabulary(model.DangerousGetHandle());
            return s_detokenize(vocabulary, from, tokens.Length, to, text.Length, 0, special ? (byte)1 : (byte)0);
        }
    }

    /// <summary>What ggml can compute on.</summary>
    public static IReadOnlyList<EdgeDevice> Devices()
    {
        var devices = new List<EdgeDevice>();
        for (nuint i = 0; i < NativeApi.ggml_backend_dev_count(); i++)
        {
            var device = NativeApi.ggml_backend_dev_get(i);
            nuint free;
            nuint total;
            s_deviceMemory(device, &free, &total);
            devices.Add(
                new EdgeDevice(
                    Marshal.PtrToStringUTF8(NativeApi.ggml_backend_dev_name(device)) ?? "",
                    Marshal.PtrToStringUTF8((nint)s_deviceDescription(device)) ?? "",
                    s_deviceType(device) == 0,
                    (long)free,
                    (long)total
                )
            );
        }

        return devices;
    }
}
