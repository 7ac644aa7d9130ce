using Distiller.Core;
using Distiller.Edge.Native;
using Distiller.Gguf;

namespace Distiller.Edge;

/// <summary>
/// A LoRA adapter loaded for one model. Disposing it while a session has it attached is safe: its memory is freed when
/// the last such session lets go of it.
/// </summary>
public sealed class EdgeAdapter : IDisposable
{
    private EdgeAdapter(string path, string sha256, int rank, float alpha, EdgeModel model, AdapterHandle handle)
    {
        Path = path;
        Sha256 = sha256;
        Rank = rank;
        Alpha = alpha;
        Model = model;
        Handle = handle;
    }

    public string Path { get; }

    /// <summary>Of the file, lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    public int Rank { get; }

    /// <summary>The change of a weight is <c>scale * Alpha / Rank * B A</c>.</summary>
    public float Alpha { get; }

    internal EdgeModel Model { get; }

    internal AdapterHandle Handle { get; }

    internal static EdgeAdapter Load(string path, EdgeModel model, GgufFile baseFile)
    {
        using var file = AdapterFileCheck.Verify(path, baseFile);
        NativeLog.Clear();
        var adapter = LlamaApi.llama_adapter_lora_init(model.Handle, path);
        return adapter != 0
            ? new EdgeAdapter(
                path,
                file.Sha256(),
                AdapterFileCheck.Rank(file),
                file.Metadata.GetFloat32("adapter.lora.alpha"),
                model,
                new AdapterHandle(adapter, model.Handle)
            )
            : throw new BadInputException(
                new SourceLocation(path, 0),
                $"llama.cpp refuses this adapter: {NativeLog.Errors()}.",
                "Use an adapter that was made for this base model."
            );
    }

    public void Dispose() => Handle.Dispose();
}
