using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>
/// The verdict of SWE-bench's evaluation on an attempt, from a report beside its trajectory: <c>report.json</c> or
/// <c>results.json</c> in its folder or the one above. An agent that submitted a patch has not thereby succeeded.
/// </summary>
internal static class SweReport
{
    private const string Judge = "SWE-bench report";

    public static Outcome OutcomeOf(SourceFile file, string instance)
    {
        foreach (var folder in Companion.Folders(file, 2))
        {
            foreach (var name in new[] { "report.json", "results.json" })
            {
                using var document = Companion.Read(folder, name);
                if (Resolved(document?.RootElement, instance) is { } resolved)
                {
                    return new Outcome(resolved ? OutcomeKind.Succeeded : OutcomeKind.Failed, Judge);
                }
            }
        }

        return Outcome.Unknown;
    }

    /// <summary>
    /// A report of one attempt names the instance; one of a run lists the ids. An id that only stands among the errors or the
    /// unfinished was not judged.
    /// </summary>
    private static bool? Resolved(JsonElement? report, string instance)
    {
        if (LenientJson.Get(LenientJson.Object(report, instance), "resolved") is { } own)
        {
            return own.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => null,
            };
        }

        return Lists(report, "resolved_ids", instance) || Lists(report, "resolved", instance) ? true
            : Lists(report, "unresolved_ids", instance) || Lists(report, "applied", instance) ? false
            : null;
    }

    private static bool Lists(JsonElement? report, string name, string instance) =>
        LenientJson.Items(report, name).Any(id => id.ValueKind == JsonValueKind.String && id.GetString()! == instance);
}
