using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Dapper;
using Npgsql;

namespace Distiller.Tests.Support;

/// <summary>
/// A throw-away PostgreSQL on loopback, one a test session. A shell looks after it and ends it when its own standard input
/// closes, so that even tests that are killed leave none behind.
/// </summary>
internal sealed class PostgresServer : IDisposable
{
    private const string Keeper = """
        bin=$1 port=$2
        dir=$(mktemp -d /tmp/distiller-postgres-XXXXXX) || exit 1
        trap 'rm -rf "$dir"' EXIT
        trap : INT TERM
        "$bin/initdb" -D "$dir/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync > "$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
        start() {
          "$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/log" start > /dev/null \
            -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c fsync=off -c shared_buffers=32MB -c max_connections=200" \
            || { cat "$dir/log" >&2; exit 1; }
          echo up
        }
        stop() { "$bin/pg_ctl" -D "$dir/data" -m fast -w stop > /dev/null; echo down; }
        start
        while read -r wish; do "$wish"; done
        stop
        """;

    private static PostgresServer? s_server;

    private readonly Process _keeper;
    private readonly int _port;

    private PostgresServer(string bin)
    {
        _port = FreePort();
        // PostgreSQL refuses to run as root.
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("runuser", ["-u", "postgres", "--", "sh", "-c", Keeper, "keeper", bin, $"{_port}"])
            : new ProcessStartInfo("sh", ["-c", Keeper, "keeper", bin, $"{_port}"]);
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.WorkingDirectory = "/";
        _keeper = Process.Start(start)!;
        Expect("up");
    }

    /// <summary>Skips the test where PostgreSQL is not installed.</summary>
    public static PostgresServer Started => s_server ??= new PostgresServer(Programs());

    /// <summary>An empty database.</summary>
    public string CreateDatabase()
    {
        var name = $"t{Guid.NewGuid():n}";
        using var connection = new NpgsqlConnection(To("postgres") + ";Pooling=false");
        connection.Open();
        connection.Execute($"CREATE DATABASE {name}");
        return To(name);
    }

    public void Stop()
    {
        _keeper.StandardInput.WriteLine("stop");
        Expect("down");
    }

    public void Start()
    {
        _keeper.StandardInput.WriteLine("start");
        Expect("up");
    }

    /// <summary>Ends the server of this session, if it was ever started.</summary>
    public static void End()
    {
        s_server?.Dispose();
        s_server = null;
    }

    public void Dispose()
    {
        _keeper.StandardInput.Close();
        _keeper.StandardOutput.ReadToEnd();
        _keeper.WaitForExit();
        _keeper.Dispose();
    }

    private static string Programs()
    {
        const string Debian = "/usr/lib/postgresql";
        var found = Directory.Exists(Debian)
            ? Directory
                .GetDirectories(Debian)
                .Select(d => Path.Combine(d, "bin"))
                .Where(b => File.Exists(Path.Combine(b, "initdb")))
                .Max(StringComparer.Ordinal)
            : null;
        if (found is null)
        {
            Assert.Ignore("PostgreSQL is not installed (on Debian: postgresql).");
        }

        return found;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string To(string database) =>
        $"Host=127.0.0.1;Port={_port};Database={database};Username=postgres;Timeout=10;Command Timeout=30";

    private void Expect(string word)
    {
        if (_keeper.StandardOutput.ReadLine() is var said && said != word)
        {
            throw new InvalidOperationException($"PostgreSQL is not {word}; see its messages on standard error.");
        }
    }
}
