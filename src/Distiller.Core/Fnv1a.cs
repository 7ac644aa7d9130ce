namespace Distiller.Core;

/// <summary>
/// 64-bit FNV-1a over UTF-16 code units (Fowler, Noll and Vo 1991, draft-eastlake-fnv): the same on every machine and in
/// every process, which string.GetHashCode is not.
/// </summary>
public static class Fnv1a
{
    public static ulong Hash(ReadOnlySpan<char> text)
    {
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 1_099_511_628_211UL;
        }

        return hash;
    }
}
