using System.Text.Json;
using System.Text.RegularExpressions;
using Distiller.Core;
using Distiller.Core.Settings;
using Distiller.Mining.Contexts;
using Distiller.Mining.Outcomes;
using Distiller.Mining.Repositories;
using Distiller.Mining.Similar;
using Distiller.Scrubbing;
using Distiller.Yaml;
using Quartz;

namespace Distiller.Jobs.Scheduling;

/// <summary>Reads one tenant of the schedule.</summary>
/// <param name="folder">Of the schedule's file: logs and base are relative to it.</param>
/// <param name="root">The server's home: workspaces are relative to it.</param>
/// <param name="checkTrial">As of <see cref="NightScheduleFile.Read"/>.</param>
internal sealed partial class TenantReader(
    string folder,
    string root,
    DateTimeOffset now,
    Action<JsonElement>? checkTrial
)
{
    private const int FiresLookedAt = 14;
    private const string CronRemedy =
        "Write five fields as crontab has them, such as '30 1 * * *' for 01:30 every day.";

    // So long may a night that is due wait for its window before it looks like a mistake.
    private static readonly TimeSpan WaitMax = TimeSpan.FromHours(6);

    private readonly List<string> _warnings = [];

    public IReadOnlyList<string> Warnings => _warnings;

    public TenantSchedule Read(YamlMapping node)
    {
        var name = Name(node);
        var home = node.Has("home")
            ? Path.GetFullPath(Path.Combine(root, node.Text("home", "Write the folder of the tenant's workspace.")))
            : Path.Combine(root, "tenants", name);
        if ($"{home}/".StartsWith(Path.Combine(root, ".serve") + "/", StringComparison.Ordinal))
        {
            throw node.Bad("home", "the server keeps its own files in '.serve'.", "Name another folder.");
        }

        var zone = Zone(node);
        var tenant = new TenantSchedule
        {
            Name = name,
            Home = home,
            Registry = node.Has("registry")
                ? Path.GetFullPath(Path.Combine(root, node.Text("registry", "Write the folder of releases.")))
                : Path.Combine(home, "adapters"),
            Logs = Logs(node),
            Cron = Cron(node, zone),
            Zone = zone,
            Windows = WindowsReader.Read(node, zone),
            Settings = Settings(node, Base(node)),
            Trial = Trial(node),
            Retention = Retention(node),
        };
        tenant = node.Settings(tenant, TenantSchedule.OwnSettings);
        node.RefuseOthers();
        WarnOfWindows(node, tenant);
        return tenant;
    }

    private static string Name(YamlMapping node)
    {
        const string Remedy =
            "Write 1 to 64 letters a-z, digits, '-', '_' or '.', beginning and ending with a letter or digit: it becomes a folder.";
        var name = node.Text("name", Remedy);
        return SafeName().IsMatch(name)
            ? name
            : throw node.Bad("name", $"'{name}' cannot be the name of a tenant.", Remedy);
    }

    private IReadOnlyList<string> Logs(YamlMapping node)
    {
        var logs = new List<string>();
        foreach (var (text, place) in node.Texts("logs", "Name files or folders of agents' logs."))
        {
            var path = Path.GetFullPath(Path.Combine(folder, text));
            logs.Add(path);
            if (!Path.Exists(path))
            {
                Warn(place, $"'{path}' does not exist; a night finds nothing there until it does.");
            }
        }

        return logs;
    }

    private string Base(YamlMapping node)
    {
        const string Remedy = "Name the GGUF file that the edge runs, relative to this file.";
        var path = Path.GetFullPath(Path.Combine(folder, node.Text("base", Remedy)));
        return File.Exists(path) ? path : throw node.Bad("base", $"'{path}' does not exist.", Remedy);
    }

    private static TimeZoneInfo Zone(YamlMapping node)
    {
        if (!node.Has("time-zone"))
        {
            return TimeZoneInfo.Utc;
        }

        const string Remedy = "Write a name of the IANA list, such as Europe/Berlin or UTC.";
        var name = node.Text("time-zone", Remedy);
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
        {
            return zone;
        }

        var known = TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id).ToList();
        throw node.Bad(
            "time-zone",
            $"'{name}' is not known here.",
            known.Count < 10 ? "Install the time zones of this machine (package tzdata)."
                : Nearest.To(name, known) is { } near ? $"Did you mean '{near}'?"
                : Remedy
        );
    }

    private string Cron(YamlMapping node, TimeZoneInfo zone)
    {
        var text = node.Text("cron", CronRemedy);
        CronExpression cron;
        try
        {
            var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
            cron = CronExpression.Parse(text, fields == 5 ? CronFormat.Unix : CronFormat.Quartz).WithTimeZone(zone);
        }
        catch (FormatException e)
        {
            throw node.Bad("cron", $"'{text}' is no cron expression: {e.Message}", CronRemedy);
        }

        var first =
            cron.GetNextValidTimeAfter(now) ?? throw node.Bad("cron", $"'{text}' is never due again.", CronRemedy);
        return cron.GetNextValidTimeAfter(first) - first < TimeSpan.FromMinutes(1)
            ? throw node.Bad(
                "cron",
                $"'{text}' is due several times a minute.",
                "Write 0 as the first field of six: it holds the seconds."
            )
            : cron.CronExpressionString;
    }

    private JsonElement? Trial(YamlMapping node)
    {
        var trial = node.Json("trial");
        try
        {
            if (trial is { } described)
            {
                checkTrial?.Invoke(described);
            }

            return trial;
        }
        catch (BadInputException e)
        {
            throw node.Bad(node.PlaceOfPath(e.Place.File), e.Reason, e.Remedy);
        }
    }

    /// <summary>The options of <c>nightly</c>, by the same names.</summary>
    private NightSettings Settings(YamlMapping tenant, string basePath)
    {
        var settings = new NightSettings { BasePath = basePath };
        if (!tenant.Has("settings"))
        {
            return settings;
        }

        var node = tenant.Mapping("settings", "Write settings such as 'rank: 16', each on a line of its own.");
        settings = node.Settings(settings);
        node.RefuseOthers();
        settings = settings.WithFullPaths(folder);
        Check(settings);
        return settings;
    }

    /// <summary>Reads its files once: a night does not find out in the evening that one of them is wrong.</summary>
    private static void Check(NightSettings settings)
    {
        _ = ScrubRules.With(settings.ScrubRules);
        _ = OutcomeRules.Load(settings.OutcomeRules);
        _ = ProjectRules.Read(settings.Context, [], "/", text => text);
        if (settings.Repository is { } repository)
        {
            RepositoryHistory.Open(repository).Dispose();
        }

        if (settings.Embedder is { } embedder)
        {
            TaskEmbedder.Open(embedder).Dispose();
        }
    }

    private static RetentionSettings? Retention(YamlMapping tenant)
    {
        if (!tenant.Has("retention"))
        {
            return null;
        }

        var node = tenant.Mapping("retention", "Write 'raw-episodes-days: 30', 'keep-nights: 14' or both below it.");
        var settings = node.Settings(new RetentionSettings(null, null));
        node.RefuseOthers();
        return settings;
    }

    /// <summary>A night that is due while the window is closed waits; one that always waits long was hardly meant so.</summary>
    private void WarnOfWindows(YamlMapping node, TenantSchedule tenant)
    {
        if (tenant.Windows.OpensAt(now) is null)
        {
            throw node.Bad("windows", "they never open again.", "Exclude fewer days.");
        }

        TimeSpan? least = null;
        var due = now;
        for (var i = 0; i < FiresLookedAt && tenant.DueAfter(due) is { } next; i++)
        {
            due = next;
            var wait = (tenant.Windows.OpensAt(due) ?? DateTimeOffset.MaxValue) - due;
            least = least is { } l && l < wait ? l : wait;
        }

        if (least > WaitMax)
        {
            Warn(
                node.PlaceOf("cron"),
                $"a night that is due at {tenant.When} always waits for the window ({tenant.Windows}), {least.Value.TotalHours:F1} hours or longer."
            );
        }
    }

    private void Warn(SourceLocation place, string text) => _warnings.Add($"{place}: {text}");

    [GeneratedRegex("^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,62}[a-zA-Z0-9])?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SafeName();
}
