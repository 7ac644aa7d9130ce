using System.Runtime.InteropServices;
using System.Text;

namespace Distiller.Lake.Duck;

/// <summary><c>duckdb_string_t</c>: up to 12 bytes lie inline, longer text behind a pointer.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct DuckText
{
    [FieldOffset(0)]
    private readonly uint _length;

    [FieldOffset(4)]
    private fixed byte _inline[12];

    [FieldOffset(8)]
    private readonly byte* _pointer;

    public static string Read(DuckText* text) =>
        text->_length == 0 ? ""
        : text->_length <= 12 ? Encoding.UTF8.GetString(text->_inline, (int)text->_length)
        : Encoding.UTF8.GetString(text->_pointer, checked((int)text->_length));
}
