using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Dashboard.Alerts;

/// <summary>One thing that went wrong, as the receiver is told.</summary>
/// <param name="Text">One line for a chat; Slack's marks in it are escaped.</param>
/// <param name="Subject">The run, or the tenant and the night that is missing.</param>
internal sealed record Alert(
    AlertKind Kind,
    string Text,
    string Subject,
    string Tenant,
    DateOnly? Night,
    string? State,
    string Reason,
    string? Stage,
    int? Attempt,
    string? Node,
    DateTimeOffset? Due,
    DateTimeOffset? Started,
    DateTimeOffset? Ended,
    IReadOnlyList<string> GateReasons
)
{
    private const int WordsMax = 500;

    // ASCII only: right-to-left marks and the like from a log arrive as \u escapes.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public static Alert Of(AlertKind kind, Run run)
    {
        var reason = kind == AlertKind.Gate ? string.Join("; ", run.Figures?.GateReasons ?? []) : run.Reason;
        var what = kind switch
        {
            AlertKind.Failed => "failed",
            AlertKind.Gate => "finished, and its gate is closed: nothing was published",
            AlertKind.NotStarted => $"was due at {Time(run.Due)} and has not begun",
            _ => $"began at {Time(run.Started ?? run.Due)} and is not over",
        };
        var stage = kind == AlertKind.Failed && run.Stage.Length > 0 ? $" in {run.Stage}" : "";
        return new Alert(
            kind,
            Words($"Night {run.Id} of {run.Tenant} {what}{stage}{(reason.Length > 0 ? ": " + reason : "")}"),
            run.Id,
            run.Tenant,
            run.Night,
            run.State.ToString().ToLowerInvariant(),
            run.Reason,
            run.Stage.Length > 0 ? run.Stage : null,
            run.Attempt,
            run.Node,
            run.Due,
            run.Started,
            run.Ended,
            run.Figures?.GateReasons ?? []
        );
    }

    /// <summary>A night of which there is not even a run: no scheduler was there.</summary>
    public static Alert Missing(TenantStatus tenant, DateTimeOffset due) =>
        new(
            AlertKind.NotStarted,
            Words($"A night of {tenant.Name} was due at {Time(due)} and no scheduler began it"),
            $"{tenant.Name}@{due.UtcDateTime.ToString("yyyyMMdd'T'HHmm", CultureInfo.InvariantCulture)}",
            tenant.Name,
            null,
            null,
            "no scheduler began it",
            null,
            null,
            null,
            due,
            null,
            null,
            []
        );

    /// <summary>What is told once: a night that was tried again and failed again is a second time.</summary>
    [JsonIgnore]
    public string Occurrence =>
        Ended is { } ended
            ? $"{Subject}@{ended.UtcDateTime.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture)}"
            : Subject;

    [JsonIgnore]
    public string KindWord => JsonNamingPolicy.KebabCaseLower.ConvertName(Kind.ToString());

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>One short line in which nothing is a link, a mention or a control mark.</summary>
    private static string Words(string text)
    {
        var line = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length >= WordsMax)
            {
                line.Append('…');
                break;
            }

            var category = Rune.GetUnicodeCategory(rune);
            _ = rune.Value switch
            {
                '&' => line.Append("&amp;"),
                '<' => line.Append("&lt;"),
                '>' => line.Append("&gt;"),
                _ when category
                        is UnicodeCategory.Control
                            or UnicodeCategory.Format
                            or UnicodeCategory.LineSeparator
                            or UnicodeCategory.ParagraphSeparator => line.Append(' '),
                _ => line.Append(rune),
            };
        }

        return line.ToString();
    }
}

/// <summary>What is worth waking somebody for.</summary>
internal enum AlertKind
{
    /// <summary>A night failed.</summary>
    Failed,

    /// <summary>A night finished and its gate stayed closed.</summary>
    Gate,

    /// <summary>A night that was due did not begin.</summary>
    NotStarted,

    /// <summary>A night that began does not end.</summary>
    Overdue,
}
