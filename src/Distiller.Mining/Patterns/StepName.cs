using Distiller.Mining.Cards;
using Distiller.Mining.Outcomes;

namespace Distiller.Mining.Patterns;

/// <summary>
/// What a step of a procedure is called: its tool and, where that is a shell, what it runs. <c>Bash</c> tells nothing;
/// <c>Bash: go test</c> does.
/// </summary>
internal static class StepName
{
    private const int CharsMax = 60;

    public static string Of(ToolCall call)
    {
        var line = CommandLine.Of(call);
        if (line.Length == 0 || CommandRun.CommandsOf(line).FirstOrDefault() is not { } command)
        {
            return call.Name;
        }

        var name = $"{call.Name}: {CommandTemplate.NameOf(command)}";
        return name.Length <= CharsMax ? name : call.Name;
    }
}

/// <summary>
/// Tells procedures that say no more than that an agent reads before it writes: steps with an agent's common tools, no argument
/// that is always the same, and no success that they would explain.
/// </summary>
public static class TrivialPattern
{
    private static readonly HashSet<string> CommonTools = new(StringComparer.OrdinalIgnoreCase)
    {
        "Read",
        "Edit",
        "MultiEdit",
        "Write",
        "Grep",
        "Glob",
        "LS",
        "Bash",
        "Task",
        "shell",
        "exec_command",
        "apply_patch",
        "read_file",
        "write_file",
        "edit_file",
        "replace",
        "list_directory",
        "search_file_content",
        "run_shell_command",
        "str_replace_editor",
    };

    public static bool Is(Pattern pattern) =>
        pattern.Lift.Low <= 0 && pattern.Steps.All(s => CommonTools.Contains(s.Tool));
}
