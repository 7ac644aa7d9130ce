using System.Runtime.InteropServices;

namespace Distiller.Training.Torch;

/// <summary>Owns one native tensor. The marshaller keeps it alive while a call uses it.</summary>
internal sealed class TensorHandle : SafeHandle
{
    public static readonly TensorHandle None = new();

    public TensorHandle()
        : base(0, ownsHandle: true) { }

    public TensorHandle(nint native)
        : base(0, ownsHandle: true) => SetHandle(native);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Native.dt_free(handle);
        return true;
    }
}
