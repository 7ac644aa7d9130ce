using System.Globalization;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Cluster;

/// <summary>Real servers over a real PostgreSQL and one shared folder, with a small real night that is asked for by hand.</summary>
internal sealed class ClusterLab : IDisposable
{
    public const string Tenant = "acme";

    // Everything that is waited for takes seconds on a machine with nothing else to do.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private const string Mark = "DISTILLER_TEST_CLUSTER";

    /// <summary>Long enough that a training is met by several kills: about 15 checkpoints.</summary>
    private static readonly (string Key, string Value)[] Settings =
    [
        ("max-sequence", "256"),
        ("max-train-tokens", "100000"),
        ("tokens-per-step", "128"),
        ("epochs", "20"),
        ("rank", "8"),
        ("alpha", "16"),
        ("learning-rate", "0.002"),
        ("tool-steps", "4"),
        ("min-holdout-tasks", "2"),
        ("threads", "1"),
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly string _mark = Guid.NewGuid().ToString("n");
    private readonly string _connection;
    private readonly RunDatabase _database;
    private readonly Dictionary<string, (ClusterNode Node, string Roles)> _nodes = new(StringComparer.Ordinal);

    public ClusterLab()
    {
        _connection = PostgresServer.Started.CreateDatabase();
        _database = RunDatabase.Postgres(_connection);
        Store = new RunStore(_database, TimeProvider.System);
        _ = new TinyBase().Write(_folder["base.gguf"]);
        SampleLogs.Write(_folder["logs.jsonl"]);
        File.WriteAllText(
            _folder["nightly.yaml"],
            $$"""
            tenants:
              - name: {{Tenant}}
                logs: logs.jsonl
                base: base.gguf
                cron: "0 0 29 2 *"
                retry-delay: 1s
                settings: { {{string.Join(", ", Settings.Select(s => $"{s.Key}: {s.Value}"))}} }
            """
        );
    }

    public RunStore Store { get; }

    /// <summary>The tenant's workspace.</summary>
    public string Home => Path.Combine(_folder.Path, "tenants", Tenant);

    public string Registry => Path.Combine(Home, "adapters");

    public ClusterNode Node(string name) => _nodes[name].Node;

    /// <summary>Starts a machine, for the first time or again.</summary>
    public ClusterNode Start(string name, string roles = "cpu,gpu", int deadAfterSeconds = 9)
    {
        var start = DistillerProcess.StartInfo(
            "serve",
            "--home",
            _folder.Path,
            "--database",
            _connection,
            "--node",
            name,
            "--roles",
            roles,
            "--port",
            "0",
            "--dead-after",
            string.Create(CultureInfo.InvariantCulture, $"{deadAfterSeconds}s")
        );
        start.Environment[Mark] = _mark;
        start.Environment.Remove("DISTILLER_TOKEN");
        var node = new ClusterNode(name, start);
        _nodes[name] = (node, roles);
        return node;
    }

    public void Restart(string name)
    {
        var (node, roles) = _nodes[name];
        node.Dispose();
        Start(name, roles);
    }

    /// <summary>Waits until the servers tell that they live, and asks for a night as a person would.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> AskForNightAsync()
    {
        await UntilAsync(async () =>
        {
            try
            {
                return (await Store.Nodes.ListAsync()).Count == _nodes.Count
                    && (await Store.Tenants.ListAsync()).Count == 1;
            }
            catch (System.Data.Common.DbException)
            {
                return false; // Its tables are being made.
            }
        });
        return (await new RunCommands(Store, TimeProvider.System).RunNowAsync(Tenant, "a test")).Id;
    }

    public async Task<Run> RunAsync(string id) => (await Store.FindAsync(id)).ShouldNotBeNull();

    public async Task<Run> UntilAsync(string id, Func<Run, bool> holds)
    {
        Run? run = null;
        await UntilAsync(
            async () =>
            {
                run = await RunAsync(id);
                if (run.State is RunState.Failed && !holds(run))
                {
                    Assert.Fail($"{run.Reason}\n{await LogAsync(id)}");
                }

                return holds(run);
            },
            () => $"{id} is {run?.State}: {run?.Reason}"
        );
        return run!;
    }

    public async Task UntilAsync(Func<Task<bool>> holds, Func<string>? otherwise = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Deadline)
            {
                var said = new List<string>();
                foreach (var (node, _) in _nodes.Values.Where(n => !n.Node.HasExited))
                {
                    node.Kill();
                    said.Add(await node.SaidAsync());
                }

                Assert.Fail($"{otherwise?.Invoke() ?? "What was waited for did not come."}\n{string.Join('\n', said)}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>The same night by one undisturbed process, in a folder of its own.</summary>
    /// <returns>Its workspace.</returns>
    public string Undisturbed()
    {
        var home = _folder["undisturbed"];
        var whole = DistillerProcess.Run([
            "nightly",
            "--from",
            _folder["logs.jsonl"],
            "--base",
            _folder["base.gguf"],
            "--home",
            home,
            "--json",
            // An episode's identity holds its tenant.
            "--tenant",
            Tenant,
            .. Settings.SelectMany(s => new[] { $"--{s.Key}", s.Value }),
        ]);
        whole.ExitCode.ShouldBe(0, whole.ToString());
        return home;
    }

    public async Task<string> LogAsync(string id) =>
        string.Join(
            '\n',
            (await Store.Log.ListAsync(id)).Select(l =>
                string.Create(CultureInfo.InvariantCulture, $"{l.At:HH:mm:ss.fff} {l.Level} {l.Text}")
            )
        );

    /// <summary>Processes, servers or steps, that this lab's servers are or have started and that still run.</summary>
    public IReadOnlyList<int> Processes() =>
        [
            .. Directory
                .GetDirectories("/proc")
                .Select(d => Path.GetFileName(d))
                .Where(n => n.All(char.IsAsciiDigit) && HasMark($"/proc/{n}/environ"))
                .Select(n => int.Parse(n, CultureInfo.InvariantCulture)),
        ];

    public void Dispose()
    {
        foreach (var (node, _) in _nodes.Values)
        {
            node.Dispose();
        }

        _database.Dispose();
        // The steps that the servers leave behind still write for a moment.
        SpinWait.SpinUntil(() => Processes().Count == 0, TimeSpan.FromSeconds(20));
        _folder.Dispose();
    }

    private bool HasMark(string environment)
    {
        try
        {
            return File.ReadAllText(environment).Contains($"{Mark}={_mark}", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It has just ended, or is somebody else's.
        }
    }
}
