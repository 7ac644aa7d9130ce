using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Distiller.Lake.Duck;

namespace Distiller.Lake.Tables;

/// <summary>Walks over a streaming result, one chunk in memory at a time.</summary>
internal sealed unsafe class DuckCursor<
    [DynamicallyAccessedMembers(
        DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors
    )]
        T
> : IEnumerator<T>
{
    private readonly Array[] _cells = new Array[RowMap<T>.Columns.Count];
    private readonly int[] _positions = new int[RowMap<T>.Columns.Count];
    private nint _statement;
    private DuckResult _result;
    private bool _open;
    private int _row;
    private int _rows;

    public DuckCursor(DuckDb db, string sql)
    {
        try
        {
            Start(db, sql);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public T Current { get; private set; } = default!;

    object? IEnumerator.Current => Current;

    public bool MoveNext()
    {
        while (_row == _rows)
        {
            if (!_open || !Fetch())
            {
                return false;
            }
        }

        Current = RowMap<T>.Make(_cells, _row++);
        return true;
    }

    public void Reset() => throw new NotSupportedException();

    public void Dispose()
    {
        if (_open)
        {
            fixed (DuckResult* result = &_result)
            {
                DuckNative.duckdb_destroy_result(result);
            }

            _open = false;
        }

        if (_statement != 0)
        {
            DuckNative.duckdb_destroy_prepare(ref _statement);
            _statement = 0;
        }
    }

    private void Start(DuckDb db, string sql)
    {
        if (DuckNative.duckdb_prepare(db.Connection, sql, out _statement) != 0)
        {
            throw DuckDb.Failure(Marshal.PtrToStringUTF8(DuckNative.duckdb_prepare_error(_statement)) ?? sql);
        }

        var state = DuckNative.duckdb_pending_prepared_streaming(_statement, out var pending);
        try
        {
            if (state != 0)
            {
                throw DuckDb.Failure(Marshal.PtrToStringUTF8(DuckNative.duckdb_pending_error(pending)) ?? sql);
            }

            fixed (DuckResult* result = &_result)
            {
                state = DuckNative.duckdb_execute_pending(pending, result);
                _open = true;
                if (state != 0)
                {
                    throw DuckDb.Failure(Marshal.PtrToStringUTF8(DuckNative.duckdb_result_error(result)) ?? sql);
                }

                BindColumns(result);
            }
        }
        finally
        {
            DuckNative.duckdb_destroy_pending(ref pending);
        }
    }

    /// <summary>Finds each property's column and checks its type: native memory is read by it.</summary>
    private void BindColumns(DuckResult* result)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var count = (int)DuckNative.duckdb_column_count(result);
        for (var i = 0; i < count; i++)
        {
            names[Marshal.PtrToStringUTF8(DuckNative.duckdb_column_name(result, (ulong)i)) ?? ""] = i;
        }

        foreach (var column in RowMap<T>.Columns)
        {
            if (!names.TryGetValue(column.Name, out var position))
            {
                throw new DuckDbException($"The column '{column.Name}' is missing.");
            }

            CheckType(result, position, column);
            _positions[column.Ordinal] = position;
        }
    }

    private static void CheckType(DuckResult* result, int position, Column<T> column)
    {
        var type = DuckNative.duckdb_column_logical_type(result, (ulong)position);
        var id = (DuckType)DuckNative.duckdb_get_type_id(type);
        var element = DuckType.Invalid;
        if (id == DuckType.List)
        {
            var child = DuckNative.duckdb_list_type_child_type(type);
            element = (DuckType)DuckNative.duckdb_get_type_id(child);
            DuckNative.duckdb_destroy_logical_type(ref child);
        }

        DuckNative.duckdb_destroy_logical_type(ref type);
        if (id != column.Type || element != column.ElementType)
        {
            throw new DuckDbException($"The column '{column.Name}' is not of the type {column.SqlType}.");
        }
    }

    private bool Fetch()
    {
        var chunk = DuckNative.duckdb_fetch_chunk(_result);
        if (chunk == 0)
        {
            fixed (DuckResult* result = &_result)
            {
                // A streaming query may fail in the middle (a broken file, a full disk); the end looks the same.
                var message = Marshal.PtrToStringUTF8(DuckNative.duckdb_result_error(result));
                return string.IsNullOrEmpty(message) ? false : throw DuckDb.Failure(message);
            }
        }

        try
        {
            _rows = checked((int)DuckNative.duckdb_data_chunk_get_size(chunk));
            _row = 0;
            foreach (var column in RowMap<T>.Columns)
            {
                var vector = DuckNative.duckdb_data_chunk_get_vector(chunk, (ulong)_positions[column.Ordinal]);
                _cells[column.Ordinal] = column.Read(vector, _rows);
            }

            return _rows > 0;
        }
        finally
        {
            DuckNative.duckdb_destroy_data_chunk(ref chunk);
        }
    }
}
