using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Distiller.Lake.Tables;

/// <summary>A query that runs anew each time it is enumerated.</summary>
internal sealed class DuckRows<
    [DynamicallyAccessedMembers(
        DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors
    )]
        T
>(DuckDb db, string sql) : IEnumerable<T>
{
    public IEnumerator<T> GetEnumerator() => new DuckCursor<T>(db, sql);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
