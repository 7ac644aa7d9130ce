namespace Distiller.Lake.Duck;

/// <summary>The values of <c>duckdb_type</c> that tables here use.</summary>
internal enum DuckType
{
    Invalid = 0,
    Boolean = 1,
    Integer = 4,
    BigInt = 5,
    Float = 10,
    Double = 11,
    Timestamp = 12,
    Varchar = 17,
    List = 24,
}
