using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Distiller.Tests.Collecting;

/// <summary>Makes SQLite databases as agents keep them.</summary>
internal static class Databases
{
    public static string Make(TemporaryFolder folder, string name, string sql)
    {
        var path = folder[name];
        Run(path, sql);
        return path;
    }

    [SuppressMessage("Security", "CA2100", Justification = "The SQL is a test's own.")]
    public static void Run(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
