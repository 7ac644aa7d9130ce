using System.Runtime.InteropServices;

namespace Distiller.Edge.Native;

/// <summary>A <c>llama_model</c>. Contexts and adapters hold a reference, so it is freed after the last of them.</summary>
internal sealed class ModelHandle : SafeHandle
{
    public ModelHandle(nint model)
        : base(0, ownsHandle: true) => SetHandle(model);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LlamaApi.llama_model_free(handle);
        return true;
    }
}
