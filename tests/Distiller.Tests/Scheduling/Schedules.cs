using System.Text.Json;
using Distiller.Jobs.Scheduling;

namespace Distiller.Tests.Scheduling;

/// <summary>A folder with a schedule and what it names.</summary>
internal sealed class Schedules : IDisposable
{
    /// <summary>Line 1 is <c>tenants:</c>; each line of a tenant is one of the file.</summary>
    public const string Yaml = """
        tenants:
          - name: north
            logs: [logs, more.jsonl]
            base: base.gguf
            cron: "30 1 * * *"
            time-zone: Europe/Berlin
            windows:
              - { from: "22:00", to: "06:00", days: mon-fri }
              - { from: "00:00", to: "24:00", days: [sat, sun] }
            except: [2026-12-24 to 2026-12-26, 2026-12-31]
            retries: 5
            retry-delay: 30s
            settings:
              rank: 16
              split: time
            retention: { raw-episodes-days: 30, keep-nights: 14 }
            trial: { opsdesk: { test-tickets: 150, margin: 0.05, each-night: true } }
          - name: south
            logs: logs
            base: base.gguf
            cron: 0 15 3 ? * MON-FRI
        alerts:
          webhook: https://example.org/hook
          on-gate: false
        """;

    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    public Schedules()
    {
        Directory.CreateDirectory(_folder["logs"]);
        File.WriteAllText(_folder["more.jsonl"], "");
        File.WriteAllText(_folder["base.gguf"], "");
    }

    public string Path => _folder["nightly.yaml"];

    public string this[string name] => _folder[name];

    public NightSchedule Read(string yaml, Action<JsonElement>? checkTrial = null)
    {
        File.WriteAllText(Path, yaml);
        return NightScheduleFile.Read(Path, _folder["root"], new FakeTimeProvider(Now), checkTrial);
    }

    public void Dispose() => _folder.Dispose();
}
