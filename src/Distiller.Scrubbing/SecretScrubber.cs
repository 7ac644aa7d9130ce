using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distiller.Scrubbing;

/// <summary>
/// Replaces secrets and personal data by placeholders such as <c>[email-1]</c>. Within one episode (one scrubber) equal
/// values get equal placeholders, so that a procedure can still be learned: the address that was asked for is the
/// address that was looked up. Time is linear in the text, whatever it holds.
/// </summary>
public sealed class SecretScrubber(ScrubRules? rules = null)
{
    private readonly Finders.FinderSet _finders = (rules ?? ScrubRules.Default).Finders;
    private readonly Dictionary<(string Type, string Value), string> _placeholders = [];
    private readonly KnownSecrets _known = new();
    private readonly Dictionary<string, int> _last = new(StringComparer.Ordinal);

    /// <summary>Returns the very same text where there is nothing to hide.</summary>
    public string Scrub(string text)
    {
        var findings = _finders.Find(text);
        foreach (var finding in findings)
        {
            _known.Add(text.AsSpan(finding.Start, finding.Length), finding.Type);
        }

        _known.Find(text, findings);
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
            if (finding.Start >= at && !IsPlaceholder(text, finding.Start))
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

    /// <summary>How many different values of each type were replaced so far.</summary>
    public IReadOnlyDictionary<string, int> Counts => _last;

    /// <summary>Numbers placeholders on from those that stand in a text that was scrubbed before.</summary>
    internal void NumberOnFrom(string text) => Placeholders.Count(text, _last);

    /// <summary>What was scrubbed before, without its bracket.</summary>
    private static bool IsPlaceholder(string text, int at) =>
        at > 0 && text[at - 1] == '[' && Placeholders.Begins(text.AsSpan(at - 1));

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
                    member is not null && _finders.Names.TypeOfMember(member, text) is { } type
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
