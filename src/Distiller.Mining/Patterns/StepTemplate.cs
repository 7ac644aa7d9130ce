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

    /// <summary>Adds the calls of a step as <see cref="Write"/> wrote them.</summary>
    public void Add(string written)
    {
        var step = JsonSerializer.Deserialize<Written>(written) ?? throw new JsonException("A step is null.");
        Add(step.Calls, step.Arguments.Select(a => (a.Key, a.Value)));
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

    /// <summary>What a template needs of a step's calls, as JSON: how many they are, and of each argument how many have it and their one value.</summary>
    public static string Write(ToolUse step)
    {
        var template = new StepTemplate(step.Tool);
        foreach (var call in step.Calls)
        {
            template.Add(
                1,
                Arguments(call).Select(a => (a.Key, new Seen(1, a.Value.Length <= ConstantCharsMax ? a.Value : null)))
            );
        }

        return JsonSerializer.Serialize(new Written(template._calls, template._arguments));
    }

    private void Add(int calls, IEnumerable<(string Name, Seen Seen)> arguments)
    {
        _calls += calls;
        foreach (var (name, more) in arguments)
        {
            _arguments[name] = _arguments.TryGetValue(name, out var seen)
                ? new Seen(seen.Count + more.Count, seen.Value == more.Value ? seen.Value : null)
                : more;
        }
    }

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

    private sealed record Written(int Calls, SortedDictionary<string, Seen> Arguments);
}
