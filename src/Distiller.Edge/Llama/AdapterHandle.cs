using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Distiller.Core;
using LLama.Native;

namespace Distiller.Edge.Llama;

/// <summary>
/// A <c>llama_adapter_lora</c>. Freeing one that a context still uses ends the process, and the model frees the
/// adapters it has left: so a context that uses it holds a reference to it, and it holds one to the model.
/// </summary>
internal sealed class AdapterHandle : SafeHandle
{
    private AdapterHandle(LoraAdapter adapter)
        : base(0, ownsHandle: true)
    {
        var added = false;
        adapter.Model.DangerousAddRef(ref added);
        Adapter = adapter;
        SetHandle(PointerOf(adapter));
    }

    public LoraAdapter Adapter { get; }

    public override bool IsInvalid => handle == 0;

    public static AdapterHandle Load(SafeLlamaModelHandle model, string path)
    {
        LlamaLog.Clear();
        var adapter = model.LoadLoraFromFile(path);
        // LLamaSharp does not look whether llama.cpp gave an adapter; attaching none is a segmentation fault.
        return PointerOf(adapter) != 0
            ? new AdapterHandle(adapter)
            : throw new BadInputException(
                new SourceLocation(path, 0),
                $"llama.cpp refuses this adapter: {LlamaLog.Errors()}.",
                "Use an adapter that was made for this base model."
            );
    }

    protected override bool ReleaseHandle()
    {
        Adapter.Unload();
        Adapter.Model.DangerousRelease();
        return true;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Pointer")]
    private static extern nint PointerOf(LoraAdapter adapter);
}

/// <summary>Keeps a native object alive while pointers into it are in use; refuses one that has been disposed.</summary>
internal readonly ref struct HandleReference
{
    private readonly SafeHandle _handle;

    public HandleReference(SafeHandle handle)
    {
        var added = false;
        handle.DangerousAddRef(ref added);
        _handle = handle;
    }

    public void Dispose() => _handle.DangerousRelease();
}
