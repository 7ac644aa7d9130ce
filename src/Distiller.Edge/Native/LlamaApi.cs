using System.Runtime.InteropServices;

namespace Distiller.Edge.Native;

/// <summary>
/// llama.cpp's C functions. Every struct is blittable: native <c>bool</c> is a byte, <c>size_t</c> a <c>nuint</c>.
/// Call only through <see cref="NativeLibraries.Ensure"/>.
/// </summary>
internal static unsafe partial class LlamaApi
{
    private const string Library = "llama";

    public static string Version() => Marshal.PtrToStringUTF8(llama_version()) ?? "";

    [LibraryImport(Library)]
    private static partial nint llama_version();

    [LibraryImport(Library)]
    public static partial void llama_backend_init();

    [LibraryImport(Library)]
    public static partial void llama_log_set(delegate* unmanaged[Cdecl]<int, byte*, void*, void> callback, void* data);

    [LibraryImport(Library)]
    public static partial LlamaModelParams llama_model_default_params();

    [LibraryImport(Library)]
    public static partial LlamaContextParams llama_context_default_params();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint llama_model_load_from_file(string path, LlamaModelParams parameters);

    [LibraryImport(Library)]
    public static partial void llama_model_free(nint model);

    [LibraryImport(Library)]
    public static partial nint llama_model_get_vocab(ModelHandle model);

    [LibraryImport(Library)]
    public static partial int llama_model_n_embd(ModelHandle model);

    [LibraryImport(Library)]
    public static partial byte* llama_model_chat_template(ModelHandle model, byte* name);

    [LibraryImport(Library)]
    public static partial nint llama_init_from_model(ModelHandle model, LlamaContextParams parameters);

    [LibraryImport(Library)]
    public static partial void llama_free(nint context);

    [LibraryImport(Library)]
    public static partial int llama_vocab_n_tokens(nint vocabulary);

    [LibraryImport(Library)]
    public static partial int llama_vocab_bos(nint vocabulary);

    [LibraryImport(Library)]
    public static partial int llama_vocab_eos(nint vocabulary);

    [LibraryImport(Library)]
    public static partial byte llama_vocab_get_add_bos(nint vocabulary);

    [LibraryImport(Library)]
    public static partial byte llama_vocab_is_eog(nint vocabulary, int token);

    [LibraryImport(Library)]
    public static partial int llama_tokenize(
        nint vocabulary,
        byte* text,
        int length,
        int* tokens,
        int capacity,
        byte addSpecial,
        byte parseSpecial
    );

    [LibraryImport(Library)]
    public static partial int llama_detokenize(
        nint vocabulary,
        int* tokens,
        int count,
        byte* text,
        int capacity,
        byte removeSpecial,
        byte unparseSpecial
    );

    [LibraryImport(Library)]
    public static partial int llama_chat_apply_template(
        byte* template,
        LlamaChatMessage* messages,
        nuint count,
        byte addAssistantPrompt,
        byte* buffer,
        int capacity
    );

    [LibraryImport(Library)]
    public static partial int llama_decode(ContextHandle context, LlamaBatch batch);

    [LibraryImport(Library)]
    public static partial int llama_encode(ContextHandle context, LlamaBatch batch);

    [LibraryImport(Library)]
    public static partial float* llama_get_logits_ith(ContextHandle context, int index);

    [LibraryImport(Library)]
    public static partial float* llama_get_embeddings_seq(ContextHandle context, int sequence);

    [LibraryImport(Library)]
    public static partial nint llama_get_memory(ContextHandle context);

    [LibraryImport(Library)]
    public static partial void llama_memory_clear(nint memory, byte clearData);

    [LibraryImport(Library)]
    public static partial byte llama_memory_seq_rm(nint memory, int sequence, int from, int to);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint llama_adapter_lora_init(ModelHandle model, string path);

    [LibraryImport(Library)]
    public static partial void llama_adapter_lora_free(nint adapter);

    [LibraryImport(Library)]
    public static partial int llama_set_adapters_lora(
        ContextHandle context,
        nint* adapters,
        nuint count,
        float* scales
    );

    [LibraryImport(Library)]
    public static partial nuint llama_state_seq_get_size(ContextHandle context, int sequence);

    [LibraryImport(Library)]
    public static partial nuint llama_state_seq_get_data(
        ContextHandle context,
        byte* destination,
        nuint size,
        int sequence
    );

    [LibraryImport(Library)]
    public static partial nuint llama_state_seq_set_data(ContextHandle context, byte* source, nuint size, int sequence);
}
