using System.Runtime.InteropServices;

namespace Distiller.Edge.Native;

/// <summary>A <c>llama_context</c>; keeps its model, and whatever adapter is attached, alive.</summary>
internal sealed class ContextHandle : SafeHandle
{
    private readonly ModelHandle _model;
    private AdapterHandle? _adapter;

    public ContextHandle(nint context, ModelHandle model)
        : base(0, ownsHandle: true)
    {
        var added = false;
        model.DangerousAddRef(ref added);
        _model = model;
        SetHandle(context);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Replaces the attached adapter (null: none). The old one may be freed only from here on.</summary>
    public unsafe int SetAdapter(AdapterHandle? adapter, float scale)
    {
        var added = false;
        adapter?.DangerousAddRef(ref added);
        var pointer = adapter?.DangerousGetHandle() ?? 0;
        // A NULL adapter with count 1 aborts the process; none is count 0.
        var result = LlamaApi.llama_set_adapters_lora(this, &pointer, adapter is null ? 0u : 1u, &scale);
        if (result != 0)
        {
            adapter?.DangerousRelease();
            return result;
        }

        _adapter?.DangerousRelease();
        _adapter = adapter;
        return 0;
    }

    protected override bool ReleaseHandle()
    {
        LlamaApi.llama_free(handle);
        _adapter?.DangerousRelease();
        _model.DangerousRelease();
        return true;
    }
}
