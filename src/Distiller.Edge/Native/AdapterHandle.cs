using System.Runtime.InteropServices;

namespace Distiller.Edge.Native;

/// <summary>
/// A <c>llama_adapter_lora</c>. Freeing one that a context still uses aborts the process, and the model frees the
/// adapters it has left: so contexts hold a reference to it, and it holds one to the model.
/// </summary>
internal sealed class AdapterHandle : SafeHandle
{
    private readonly ModelHandle _model;

    public AdapterHandle(nint adapter, ModelHandle model)
        : base(0, ownsHandle: true)
    {
        var added = false;
        model.DangerousAddRef(ref added);
        _model = model;
        SetHandle(adapter);
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LlamaApi.llama_adapter_lora_free(handle);
        _model.DangerousRelease();
        return true;
    }
}
