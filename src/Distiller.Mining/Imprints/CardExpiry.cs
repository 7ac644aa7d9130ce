using System.Text.RegularExpressions;
using Distiller.Mining.Cards;

namespace Distiller.Mining.Imprints;

/// <summary>Tells whether what a card speaks of is gone from the project's folder, where that folder is on this machine.</summary>
public static partial class CardExpiry
{
    /// <summary>Where commands of the common task runners are defined.</summary>
    private static readonly (Regex Command, string[] Files)[] Runners =
    [
        (NodeScript(), ["package.json"]),
        (MakeTarget(), ["Makefile", "makefile", "GNUmakefile"]),
        (JustRecipe(), ["justfile", "Justfile", ".justfile"]),
        (TaskfileTask(), ["Taskfile.yml", "Taskfile.yaml", "taskfile.yml"]),
    ];

    private static readonly string[] MiseFiles =
    [
        "mise.toml",
        ".mise.toml",
        "mise.local.toml",
        ".mise.local.toml",
        "mise/config.toml",
        ".mise/config.toml",
        ".config/mise.toml",
        ".config/mise/config.toml",
    ];

    private static readonly string[] MiseFolders =
    [
        "mise-tasks",
        ".mise-tasks",
        "mise/tasks",
        ".mise/tasks",
        ".config/mise/tasks",
    ];

    /// <param name="home">The home folder that <c>~</c> stands for.</param>
    /// <returns>Why the card counts no more; null while it does, or where nobody can tell.</returns>
    public static string? Of(Card card, string home)
    {
        var folder = card.Project.StartsWith("~/", StringComparison.Ordinal)
            ? Path.Combine(home, card.Project[2..])
            : card.Project;
        if (!Path.IsPathFullyQualified(folder) || !Directory.Exists(folder))
        {
            return null;
        }

        if (card.File is { } file)
        {
            return Inside(folder, file) is { } path && !File.Exists(path) ? $"{file} is gone" : null;
        }

        var command = Command().Match(card.Text).Groups[1].Value;
        if (Script().Match(command) is { Success: true } script)
        {
            return Inside(folder, script.Value) is { } path && !File.Exists(path) && !Directory.Exists(path)
                ? $"{script.Value} is gone"
                : null;
        }

        foreach (var (pattern, files) in Runners)
        {
            if (pattern.Match(command) is { Success: true } match)
            {
                var present = files.Select(f => Path.Combine(folder, f)).Where(File.Exists).ToList();
                // A runner's file may include others: only a plain one that does not know the name tells something.
                return present.Count > 0 && !present.Any(p => Mentions(p, match.Groups[1].Value))
                    ? $"{Path.GetFileName(present[0])} knows no '{match.Groups[1].Value}'"
                    : null;
            }
        }

        return MiseTask().Match(command) is { Success: true } task ? Mise(folder, task.Groups[1].Value) : null;
    }

    /// <summary>
    /// A task of mise is defined in a configuration of the project's folder or of one above it, or is a file of its own. Where a
    /// configuration includes others, nobody can tell.
    /// </summary>
    private static string? Mise(string folder, string name)
    {
        var known = new List<string>();
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            known.AddRange(MiseFiles.Select(f => Path.Combine(at.FullName, f)).Where(File.Exists));
            if (MiseFolders.Select(f => Path.Combine(at.FullName, f)).Any(f => Directory.Exists(f) && HasTask(f, name)))
            {
                return null;
            }
        }

        var own = known.Find(f => Inside(folder, f) is not null);
        return own is null || known.Exists(f => Mentions(f, name) || Mentions(f, "include"))
            ? null
            : $"{Path.GetRelativePath(folder, own)} knows no '{name}'";
    }

    /// <summary>Whether a file is there that gives a task its name: <c>db:reset</c> is <c>db/reset</c>, of any ending.</summary>
    private static bool HasTask(string folder, string name)
    {
        try
        {
            return Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Any(f =>
                    Path.ChangeExtension(Path.GetRelativePath(folder, f), null).Replace('/', ':') is var task
                    && (task == name || task == $"{name}:_default")
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true; // Nobody can tell.
        }
    }

    private static bool Mentions(string path, string name)
    {
        const int bytesMax = 1 << 20;
        try
        {
            return new FileInfo(path).Length > bytesMax
                || File.ReadAllText(path).Contains(name, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true; // Nobody can tell.
        }
    }

    /// <summary>Null for what lies outside the folder: cards are made from logs, which anybody may have written.</summary>
    private static string? Inside(string folder, string file)
    {
        var root = Path.GetFullPath(folder);
        var path = Path.GetFullPath(Path.Combine(root, file));
        return path.StartsWith(root.TrimEnd('/') + '/', StringComparison.Ordinal) ? path : null;
    }

    [GeneratedRegex("`([^`]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Command();

    [GeneratedRegex(
        @"\A(?!(?:\./)?(?:node_modules|\.?venv|build|dist|target|vendor|out)/)\.?/?[A-Za-z0-9_.-]+/[A-Za-z0-9_./-]+(?=\s|\z)|\A\./[A-Za-z0-9_.-]+(?=\s|\z)",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Script();

    [GeneratedRegex(@"\A(?:npm|pnpm|yarn|bun) run ([A-Za-z0-9:_-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex NodeScript();

    [GeneratedRegex(@"\Amake ([A-Za-z0-9_-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex MakeTarget();

    [GeneratedRegex(@"\Ajust ([A-Za-z0-9_-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex JustRecipe();

    [GeneratedRegex(@"\Amise (?:run|r) ([A-Za-z0-9:_-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex MiseTask();

    [GeneratedRegex(@"\Atask ([A-Za-z0-9:_-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex TaskfileTask();
}
