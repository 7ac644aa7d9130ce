using System.Runtime.InteropServices;

namespace Distiller.Edge.Llama;

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
