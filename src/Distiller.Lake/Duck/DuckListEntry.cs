using System.Runtime.InteropServices;

namespace Distiller.Lake.Duck;

/// <summary>Where one row's elements lie in a list vector's child.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DuckListEntry
{
    public ulong Offset;
    public ulong Length;
}
