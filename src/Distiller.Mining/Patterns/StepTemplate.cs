using System.Text.Json;

namespace Distiller.Mining.Patterns;

/// <summary>
/// Learns one step from its calls: an argument that always had the same value is a constant, one that varied or was
/// sometimes missing is a slot, one that most calls lack is left out.
/// </summary>
internal sealed class StepTemplate(string tool)
{
    /// <summary>A longer constant is a text somebody wrote, not a setting.</summary>
    private const int ConstantCharsMax = 120;

    private readonly SortedDictionary<string, Seen> _arguments = new(StringComparer.Ordinal);
    private int _calls;

    public void Add(ToolCall call)
    {
        _calls++;
        foreach (var (name, value) in Arguments(call))
        {
            _arguments[name] = _arguments.TryGetValue(name, out var seen)
                ? new Seen(seen.Count + 1, seen.Value == value ? value : null)
                : new Seen(1, value.Length <= ConstantCharsMax ? value : null);
        }
    }

    public ToolStep ToStep() =>
        new(
            tool,
            [
                .. _arguments
                    .Where(a => a.Value.Count * 2 >= _calls)
                    .Select(a => new ToolArgument(a.Key, a.Value.Count == _calls ? a.Value.Value : null)),
            ]
        );

    private static SortedDictionary<string, string> Arguments(ToolCall call)
    {
        var arguments = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(call.ArgumentsJson);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in document.RootElement.EnumerateObject())
                {
                    arguments[member.Name] = CanonicalJson.Text(member.Value);
                }
            }
        }
        catch (JsonException)
        {
            return arguments; // Agents write broken arguments; the call still counts as a call without any.
        }

        return arguments;
    }

    /// <param name="Value">The value all calls so far had; null once they differ.</param>
    private readonly record struct Seen(int Count, string? Value);
}
