using System.Text.Json;
using Distiller.Core;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Yaml;

namespace Distiller.Jobs.Scheduling;

/// <summary>Reads <c>nightly.yaml</c>. Whatever is wrong with it is told with its line and what to do about it.</summary>
public static class NightScheduleFile
{
    public const string Name = "nightly.yaml";

    private const string Remedy = "Correct the schedule; jobs/nightly.yaml shows and explains its form.";
    private const string TenantsRemedy = "Write one entry for each tenant, with name, logs, base and cron.";

    /// <param name="path">Logs and bases are relative to its folder.</param>
    /// <param name="root">The server's home: workspaces are relative to it.</param>
    /// <param name="time">Tells whether a schedule is never due again.</param>
    /// <param name="checkTrial">
    /// Throws <see cref="BadInputException"/> for a tenant's <c>trial</c> that is not understood, with the value's place in it.
    /// </param>
    /// <exception cref="BadInputException">It cannot be used.</exception>
    public static NightSchedule Read(
        string path,
        string root,
        TimeProvider time,
        Action<JsonElement>? checkTrial = null
    )
    {
        var yaml = new YamlFile(path, Remedy);
        var node = yaml.Root(yaml.ReadBytes(), "one YAML document with 'tenants'");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var reader = new TenantReader(
            folder,
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)),
            time.GetUtcNow(),
            checkTrial
        );
        var nodes = node.Mappings("tenants", TenantsRemedy);
        var tenants = new List<TenantSchedule>(nodes.Count);
        foreach (var tenant in nodes)
        {
            var read = reader.Read(tenant);
            RefuseShared(tenant, read, tenants);
            tenants.Add(read);
        }

        var alerts = node.Has("alerts") ? Alerts(node) : null;
        node.RefuseOthers();
        return new NightSchedule(tenants, alerts, reader.Warnings);
    }

    private static void RefuseShared(YamlMapping node, TenantSchedule tenant, List<TenantSchedule> others)
    {
        foreach (var other in others)
        {
            // Some file systems do not distinguish upper and lower case.
            if (other.Name.Equals(tenant.Name, StringComparison.OrdinalIgnoreCase))
            {
                throw node.Bad("name", $"there is a tenant '{other.Name}' already.", "Give each tenant its own name.");
            }

            if (Same(other.Home, tenant.Home))
            {
                throw node.Bad(
                    "home",
                    $"'{other.Name}' has the workspace {tenant.Home} already.",
                    "Give each tenant a workspace of its own."
                );
            }

            if (Same(other.Registry, tenant.Registry))
            {
                throw node.Bad(
                    "registry",
                    $"'{other.Name}' has the releases {tenant.Registry} already.",
                    "Give each tenant releases of its own: their lineages must not mix."
                );
            }
        }
    }

    private static bool Same(string a, string b) =>
        Path.TrimEndingDirectorySeparator(a) == Path.TrimEndingDirectorySeparator(b);

    private static AlertSettings Alerts(YamlMapping root)
    {
        var node = root.Mapping("alerts", "Write 'webhook: https://…' below it.");
        var alerts =
            AlertSettings.Parse(node.Text("webhook", AlertSettings.Remedy))
            ?? throw node.Bad("webhook", "it is not an http or https URL.", AlertSettings.Remedy);
        alerts = node.Settings(alerts);
        node.RefuseOthers();
        return alerts;
    }
}
