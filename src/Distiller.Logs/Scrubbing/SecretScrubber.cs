using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Distiller.Logs.Scrubbing;

/// <summary>
/// Replaces secrets and personal data by placeholders such as <c>[email-1]</c>. Within one episode (one scrubber) equal
/// values get equal placeholders, so that a procedure can still be learned: the address that was asked for is the
/// address that was looked up. Time is linear in the text, whatever it holds.
/// </summary>
public sealed class SecretScrubber
{
    private readonly Dictionary<(string Type, string Value), string> _placeholders = [];
    private readonly Dictionary<string, int> _last = new(StringComparer.Ordinal);

    /// <summary>Returns the very same text where there is nothing to hide.</summary>
    public string Scrub(string text)
    {
        var findings = Find(text);
        if (findings.Count == 0)
        {
            return text;
        }

        // The earliest wins, then the longest, then the most specific (the order in which they were looked for).
        var ordered = findings
            .Select((f, i) => (Finding: f, Order: i))
            .OrderBy(f => f.Finding.Start)
            .ThenByDescending(f => f.Finding.Length)
            .ThenBy(f => f.Order)
            .Select(f => f.Finding);
        var clean = new StringBuilder(text.Length);
        var at = 0;
        foreach (var finding in ordered)
        {
            if (finding.Start >= at)
            {
                clean.Append(text, at, finding.Start - at);
                clean.Append(Placeholder(finding.Type, text.Substring(finding.Start, finding.Length)));
                at = finding.End;
            }
        }

        return clean.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>
    /// Scrubs the texts inside a JSON value and keeps it valid JSON; a value without secrets is returned as written.
    /// </summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public string ScrubJson(string json)
    {
        var node = JsonNode.Parse(json);
        var clean = Clean(node, member: null, out var changed);
        return changed ? clean?.ToJsonString(EpisodeJson.Options) ?? "null" : json;
    }

    private static List<SecretFinding> Find(string text)
    {
        var findings = new List<SecretFinding>();
        TokenFinder.Find(text, findings);
        AssignmentFinder.Find(text, findings);
        EmailFinder.Find(text, findings);
        NumberFinder.Find(text, findings);
        return findings;
    }

    private string Placeholder(string type, string value)
    {
        if (!_placeholders.TryGetValue((type, value), out var placeholder))
        {
            var number = _last[type] = _last.GetValueOrDefault(type) + 1;
            placeholder = string.Create(CultureInfo.InvariantCulture, $"[{type}-{number}]");
            _placeholders[(type, value)] = placeholder;
        }

        return placeholder;
    }

    private JsonNode? Clean(JsonNode? node, string? member, out bool changed)
    {
        changed = false;
        switch (node)
        {
            case JsonObject o:
                var members = new JsonObject();
                foreach (var (name, value) in o)
                {
                    var cleanName = Scrub(name);
                    members[cleanName] = Clean(value, name, out var valueChanged);
                    changed |= valueChanged || cleanName != name;
                }

                return members;
            case JsonArray a:
                var items = new JsonArray();
                foreach (var item in a)
                {
                    items.Add(Clean(item, member, out var itemChanged));
                    changed |= itemChanged;
                }

                return items;
            case JsonValue v when v.GetValueKind() == JsonValueKind.String:
                var text = v.GetValue<string>();
                var clean =
                    member is not null && AssignmentFinder.TypeOfMember(member, text) is { } type
                        ? Placeholder(type, text)
                        : Scrub(text);
                changed = clean != text;
                return JsonValue.Create(clean);
            default:
                return node?.DeepClone();
        }
    }
}

/// <summary>A stretch of text that must not be stored.</summary>
/// <param name="Type">What the placeholder says it was, for example <c>email</c>.</param>
internal readonly record struct SecretFinding(int Start, int Length, string Type)
{
    public int End => Start + Length;
}

/// <summary>Texts that stand where a secret would, and are not one.</summary>
internal static partial class Placeholders
{
    /// <summary>Whether it is a variable, a template parameter, a masked value, or a placeholder of the scrubber.</summary>
    public static bool IsPlaceholder(ReadOnlySpan<char> value) =>
        value.Length == 0
        || value[0] is '$' or '{' or '<' or '%' or '[' or '*'
        || value.IndexOfAnyExcept(value[0]) < 0
        || value.Contains("...", StringComparison.Ordinal);

    /// <summary>The highest ordinal of each type in a text, into <paramref name="highest"/>.</summary>
    public static void Count(string text, Dictionary<string, int> highest)
    {
        foreach (Match match in OwnPlaceholder().Matches(text))
        {
            var type = match.Groups[1].Value;
            var number = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            highest[type] = Math.Max(highest.GetValueOrDefault(type), number);
        }
    }

    /// <summary>Raises the ordinals, so that two texts scrubbed apart can stand in one episode.</summary>
    public static string Shift(string text, IReadOnlyDictionary<string, int> by) =>
        OwnPlaceholder()
            .Replace(
                text,
                match =>
                {
                    var type = match.Groups[1].Value;
                    var number = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
                    return string.Create(
                        CultureInfo.InvariantCulture,
                        $"[{type}-{number + by.GetValueOrDefault(type)}]"
                    );
                }
            );

    [GeneratedRegex(
        @"\[(email|phone|iban|card|api-key|aws-key|aws-secret|jwt|private-key|bearer|basic-auth|password|secret|url-credentials)-([0-9]{1,8})\]"
    )]
    private static partial Regex OwnPlaceholder();
}
