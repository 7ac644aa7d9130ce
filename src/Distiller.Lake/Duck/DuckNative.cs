using System.Runtime.InteropServices;

namespace Distiller.Lake.Duck;

/// <summary>The part of DuckDB's C API in use. State results: 0 is success.</summary>
internal static unsafe partial class DuckNative
{
    private const string Library = "duckdb";

    static DuckNative() =>
        NativeLibrary.SetDllImportResolver(
            typeof(DuckNative).Assembly,
            (name, _, _) =>
                name == Library ? NativeLibrary.Load(Path.Combine(NativeFolder.Find("duckdb"), "libduckdb.so")) : 0
        );

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_open_ext(string? path, out nint database, nint config, out nint error);

    [LibraryImport(Library)]
    internal static partial nint duckdb_library_version();

    [LibraryImport(Library)]
    internal static partial int duckdb_connect(nint database, out nint connection);

    [LibraryImport(Library)]
    internal static partial void duckdb_disconnect(ref nint connection);

    [LibraryImport(Library)]
    internal static partial void duckdb_close(ref nint database);

    [LibraryImport(Library)]
    internal static partial void duckdb_free(nint pointer);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_query(nint connection, string sql, DuckResult* result);

    [LibraryImport(Library)]
    internal static partial nint duckdb_result_error(DuckResult* result);

    [LibraryImport(Library)]
    internal static partial void duckdb_destroy_result(DuckResult* result);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_prepare(nint connection, string sql, out nint statement);

    [LibraryImport(Library)]
    internal static partial nint duckdb_prepare_error(nint statement);

    [LibraryImport(Library)]
    internal static partial void duckdb_destroy_prepare(ref nint statement);

    [LibraryImport(Library)]
    internal static partial int duckdb_pending_prepared_streaming(nint statement, out nint pending);

    [LibraryImport(Library)]
    internal static partial nint duckdb_pending_error(nint pending);

    [LibraryImport(Library)]
    internal static partial int duckdb_execute_pending(nint pending, DuckResult* result);

    [LibraryImport(Library)]
    internal static partial void duckdb_destroy_pending(ref nint pending);

    [LibraryImport(Library)]
    internal static partial ulong duckdb_column_count(DuckResult* result);

    [LibraryImport(Library)]
    internal static partial nint duckdb_column_name(DuckResult* result, ulong column);

    [LibraryImport(Library)]
    internal static partial int duckdb_column_type(DuckResult* result, ulong column);

    [LibraryImport(Library)]
    internal static partial nint duckdb_column_logical_type(DuckResult* result, ulong column);

    [LibraryImport(Library)]
    internal static partial int duckdb_get_type_id(nint type);

    [LibraryImport(Library)]
    internal static partial nint duckdb_list_type_child_type(nint type);

    [LibraryImport(Library)]
    internal static partial nint duckdb_fetch_chunk(DuckResult result);

    [LibraryImport(Library)]
    internal static partial nint duckdb_create_logical_type(int type);

    [LibraryImport(Library)]
    internal static partial nint duckdb_create_list_type(nint child);

    [LibraryImport(Library)]
    internal static partial void duckdb_destroy_logical_type(ref nint type);

    [LibraryImport(Library)]
    internal static partial nint duckdb_create_data_chunk(nint* types, ulong columns);

    [LibraryImport(Library)]
    internal static partial void duckdb_destroy_data_chunk(ref nint chunk);

    [LibraryImport(Library)]
    internal static partial void duckdb_data_chunk_reset(nint chunk);

    [LibraryImport(Library)]
    internal static partial ulong duckdb_data_chunk_get_size(nint chunk);

    [LibraryImport(Library)]
    internal static partial void duckdb_data_chunk_set_size(nint chunk, ulong size);

    [LibraryImport(Library)]
    internal static partial nint duckdb_data_chunk_get_vector(nint chunk, ulong column);

    [LibraryImport(Library)]
    internal static partial ulong duckdb_vector_size();

    [LibraryImport(Library)]
    internal static partial void* duckdb_vector_get_data(nint vector);

    [LibraryImport(Library)]
    internal static partial ulong* duckdb_vector_get_validity(nint vector);

    [LibraryImport(Library)]
    internal static partial void duckdb_vector_ensure_validity_writable(nint vector);

    [LibraryImport(Library)]
    internal static partial void duckdb_validity_set_row_invalid(ulong* validity, ulong row);

    [LibraryImport(Library)]
    internal static partial void duckdb_vector_assign_string_element_len(
        nint vector,
        ulong index,
        byte* text,
        ulong length
    );

    [LibraryImport(Library)]
    internal static partial nint duckdb_list_vector_get_child(nint vector);

    [LibraryImport(Library)]
    internal static partial int duckdb_list_vector_reserve(nint vector, ulong capacity);

    [LibraryImport(Library)]
    internal static partial int duckdb_list_vector_set_size(nint vector, ulong size);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_appender_create(
        nint connection,
        string? schema,
        string table,
        out nint appender
    );

    [LibraryImport(Library)]
    internal static partial nint duckdb_appender_error(nint appender);

    [LibraryImport(Library)]
    internal static partial int duckdb_append_data_chunk(nint appender, nint chunk);

    [LibraryImport(Library)]
    internal static partial int duckdb_appender_close(nint appender);

    [LibraryImport(Library)]
    internal static partial int duckdb_appender_destroy(ref nint appender);
}
