using System.Text.Json;

namespace Distiller.Opsdesk;

/// <summary>Reads the argument of a call. Whatever an agent writes becomes a value or a refusal, never an exception.</summary>
internal static class DeskArguments
{
    private const int CharactersMax = 1_024;
    private const int DepthMax = 4;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = DepthMax };

    public static (string Value, Observation? Refusal) Read(DeskTool tool, string json)
    {
        if (json is { Length: > CharactersMax })
        {
            return Refuse(FailureReason.ArgumentsTooLong, "the arguments are too long");
        }

        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return Read(tool, document.RootElement);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // The last two: halves of surrogate pairs, raw or escaped, which are no text.
            return Refuse(FailureReason.BrokenJson, "the arguments are broken JSON");
        }
    }

    public static bool IsCode(string value) => value.Length == 2 && value.All(char.IsAsciiDigit);

    private static (string Value, Observation? Refusal) Read(DeskTool tool, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return Refuse(FailureReason.WrongType, "the arguments must be an object");
        }

        string? value = null;
        foreach (var member in root.EnumerateObject())
        {
            if (member.Name != tool.Argument || value is not null)
            {
                return Refuse(FailureReason.UnexpectedArgument, $"{tool.Name} takes {tool.Argument} alone, once");
            }

            if (member.Value.ValueKind != JsonValueKind.String)
            {
                return Refuse(FailureReason.WrongType, $"{tool.Argument} must be a string");
            }

            value = member.Value.GetString()!;
        }

        return value is null
            ? Refuse(FailureReason.MissingArgument, $"{tool.Name} needs {tool.Argument}")
            : (value, null);
    }

    private static (string Value, Observation? Refusal) Refuse(FailureReason reason, string text) =>
        ("", new Observation($"error: {text}", reason));
}
