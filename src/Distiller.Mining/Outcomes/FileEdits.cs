using System.Text.Json;
using System.Text.RegularExpressions;

namespace Distiller.Mining.Outcomes;

/// <summary>Which files a tool call reads or changes, by the names that agents give to such tools and their arguments.</summary>
public static partial class FileEdits
{
    private static readonly string[] PathMembers =
    [
        "file_path",
        "filePath",
        "path",
        "target_file",
        "notebook_path",
        "file",
        "filename",
    ];

    /// <summary>Whether it changes a file: an editing tool, or a shell command that writes into one.</summary>
    public static bool IsEdit(ToolCall call) =>
        EditTool().IsMatch(call.Name) || CommandLine.Commands(CommandLine.Of(call)).Any(c => EditCommand().IsMatch(c));

    /// <summary>The file that a call names; null where it names none.</summary>
    public static string? FileOf(ToolCall call)
    {
        try
        {
            using var arguments = JsonDocument.Parse(call.ArgumentsJson);
            var root = arguments.RootElement;
            return root.ValueKind != JsonValueKind.Object
                ? null
                : PathMembers
                    .Where(m => root.TryGetProperty(m, out var value) && value.ValueKind == JsonValueKind.String)
                    .Select(m => root.GetProperty(m).GetString())
                    .FirstOrDefault(p => !string.IsNullOrWhiteSpace(p));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // An agent may write broken arguments.
        }
    }

    /// <summary>The files of the project, relative to it, that a task's calls name up to its first edit.</summary>
    /// <param name="countTokens">Tokens of a text in the base's vocabulary.</param>
    public static IReadOnlyList<FirstFile> First(Episode task, Func<string, int> countTokens)
    {
        const int filesMax = 8;
        var files = new List<FirstFile>();
        var results = ToolResults.Of(task);
        var tokens = 0;
        foreach (var call in task.Turns.SelectMany(t => t.ToolCalls))
        {
            if (ProjectFileOf(call) is { } file && files.TrueForAll(f => f.File != file))
            {
                files.Add(new FirstFile(file, tokens));
            }

            if (IsEdit(call) || files.Count == filesMax)
            {
                break;
            }

            tokens += results.TryGetValue(call.Id, out var result) ? countTokens(result.Text) : 0;
        }

        return files;
    }

    /// <summary>The files of the project, relative to it, that a task changed.</summary>
    public static IEnumerable<string> Edited(Episode task)
    {
        const int filesMax = 32;
        return Edits(task)
            .Select(e => ProjectFileOf(e.Call))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Take(filesMax);
    }

    /// <summary>When a task changed a file last; null where it changed none or the log gives no times.</summary>
    public static DateTimeOffset? LastTime(Episode task) => Edits(task).Select(e => e.Turn.Time).LastOrDefault();

    /// <summary>The file of the project that a call names, relative to the project; null where it names none.</summary>
    public static string? ProjectFileOf(ToolCall call) =>
        FileOf(call) is { } file && IsRelative(file)
            ? file.StartsWith("./", StringComparison.Ordinal)
                ? file[2..]
                : file
            : null;

    private static IEnumerable<(Turn Turn, ToolCall Call)> Edits(Episode task)
    {
        var results = ToolResults.Of(task);
        return task
            .Turns.SelectMany(t => t.ToolCalls.Select(c => (Turn: t, Call: c)))
            .Where(e => IsEdit(e.Call) && results.TryGetValue(e.Call.Id, out var result) && !result.IsError);
    }

    private static bool IsRelative(string file) =>
        file.Length <= 200 && file[0] is not ('/' or '~' or '<') && !file.Contains(':') && file is not ("." or "./");

    [GeneratedRegex(
        @"\A(?:multi_?edit|notebook_?edit|edit(?:_file|_block|_notebook)?|write(?:_file|_to_file)?|create(?:_file)?|str_replace\w*|apply_(?:patch|diff)|replace(?:_in_file)?|insert\w*|patch|search_replace|delete_file)\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex EditTool();

    [GeneratedRegex(
        @"\A(?:sed\s+(?:-\w+\s+)*-i|perl\s+-\w*i|apply_patch\b|git\s+apply\b|patch\b|mv\s|rm\s|cp\s|tee\s|(?:cat|echo|printf)\b.*>\s*\S)",
        RegexOptions.CultureInvariant | RegexOptions.Singleline,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex EditCommand();
}

/// <summary>A file that a task looked at before it changed anything.</summary>
/// <param name="TokensBefore">Tokens of what was looked at before it.</param>
public sealed record FirstFile(string File, int TokensBefore);
