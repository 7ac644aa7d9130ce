using System.Text.RegularExpressions;

namespace Distiller.Mining.Tasks;

/// <summary>
/// Writes paths as they are seen from the project: files in it relative to it, home folders as <c>~</c>. Else a model would
/// learn where one person keeps the project.
/// </summary>
internal sealed partial class ProjectPaths
{
    private readonly string[] _folders;

    /// <param name="project">The project's folder; null where it is not known.</param>
    public ProjectPaths(string? project)
    {
        var folder = project?.TrimEnd('/', '\\') ?? "";
        // Too short a folder, such as "/" or "/w", stands in texts that mean something else.
        _folders =
            folder.Length < 3 || !(folder.Contains('/') || folder.Contains('\\')) ? []
            : folder.Contains('\\')
                ? [folder.Replace("\\", "\\\\", StringComparison.Ordinal), folder, folder.Replace('\\', '/')]
            : [folder];
    }

    /// <summary>A folder with the home folder as <c>~</c>.</summary>
    public static string Short(string folder) => Home().Replace(folder, "~");

    public Episode Apply(Episode episode) =>
        episode with
        {
            Turns = [.. episode.Turns.Select(Apply)],
            Session = episode.Session is { Project: { } project } session
                ? session with
                {
                    Project = Short(project),
                }
                : episode.Session,
        };

    private Turn Apply(Turn turn)
    {
        var text = Apply(turn.Text);
        var calls = turn.ToolCalls.Select(c => c with { ArgumentsJson = Apply(c.ArgumentsJson) }).ToList();
        return text == turn.Text && calls.SequenceEqual(turn.ToolCalls)
            ? turn
            : turn with
            {
                Text = text,
                ToolCalls = calls,
            };
    }

    public string Apply(string text)
    {
        foreach (var folder in _folders)
        {
            text = Relative(text, folder);
        }

        return Home().Replace(text, "~");
    }

    /// <summary><c>FOLDER/a</c> is <c>a</c>, and the folder itself <c>.</c>; a longer name that begins alike stays.</summary>
    private static string Relative(string text, string folder)
    {
        var at = text.IndexOf(folder, StringComparison.Ordinal);
        if (at < 0)
        {
            return text;
        }

        var clean = new System.Text.StringBuilder(text.Length);
        var from = 0;
        for (; at >= 0; at = text.IndexOf(folder, at, StringComparison.Ordinal))
        {
            var end = at + folder.Length;
            var begins = at == 0 || !(char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '/' or '.' or '_' or '-');
            var next = end < text.Length ? text[end] : '\0';
            clean.Append(text, from, at - from);
            if (!begins || char.IsLetterOrDigit(next) || next is '_' or '-' or '.')
            {
                clean.Append(folder);
            }
            else if (next is '/' or '\\')
            {
                end += end + 1 < text.Length && text[end + 1] == '\\' ? 2 : 1;
                clean.Append(
                    end < text.Length
                    && (
                        char.IsLetterOrDigit(text[end])
                        || text[end] is '.' or '_' or '-' or '~' or '*' or '@' or '[' or '('
                    )
                        ? ""
                        : "./"
                );
            }
            else
            {
                clean.Append('.');
            }

            at = from = end;
        }

        return clean.Append(text, from, text.Length - from).ToString();
    }

    [GeneratedRegex(
        @"(?<![A-Za-z0-9_./~-])(?:/home/[A-Za-z0-9._-]+|/Users/[A-Za-z0-9._-]+|/root(?=/)|[A-Za-z]:(?:\\\\?|/)Users(?:\\\\?|/)[A-Za-z0-9._ -]+?(?=[\\/""']|$))",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Home();
}
