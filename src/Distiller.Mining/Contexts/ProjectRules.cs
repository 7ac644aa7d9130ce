using System.Text;
using Distiller.Mining.Tasks;

namespace Distiller.Mining.Contexts;

/// <summary>
/// What agents are told of a project in every prompt, where their logs leave it out: a file that the user names, or the
/// <c>AGENTS.md</c> or <c>CLAUDE.md</c> in the project's folder.
/// </summary>
/// <param name="Named">The text of the file that the user named; null for none.</param>
/// <param name="Found">By the project's folder, with the home folder as <c>~</c>.</param>
public sealed record ProjectRules(string? Named, IReadOnlyDictionary<string, string> Found)
{
    private const long BytesMax = 256 << 10;
    private static readonly string[] Names = ["AGENTS.md", "CLAUDE.md"];

    public static ProjectRules None { get; } = new(null, new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>SHA-256 over all texts, for recipes.</summary>
    public string Hash =>
        CanonicalJson.Hash(
            new { Named, found = Found.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => new { f.Key, f.Value }) }
        );

    /// <summary>Of a project; null where nothing is known.</summary>
    public string? Of(string? project) => Named ?? (project is null ? null : Found.GetValueOrDefault(project));

    /// <param name="named">A full path; null for none.</param>
    /// <param name="projects">Folders of projects, as logs tell them.</param>
    /// <param name="home">The home folder. Only projects within it are looked at, since logs may name any folder.</param>
    /// <param name="scrub">Hides secrets and personal data in a text.</param>
    /// <exception cref="BadInputException">The named file is not there, too large, or no text.</exception>
    public static ProjectRules Read(
        string? named,
        IEnumerable<string> projects,
        string home,
        Func<string, string> scrub
    )
    {
        if (named is not null)
        {
            return new ProjectRules(scrub(ReadNamed(named)), None.Found);
        }

        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (
            var project in projects.Select(ProjectPaths.Short).Where(p => p.StartsWith("~/", StringComparison.Ordinal))
        )
        {
            var folder = Path.GetFullPath(Path.Combine(home, project[2..]));
            if (folder.StartsWith(home.TrimEnd('/') + '/', StringComparison.Ordinal) && Find(folder) is { } text)
            {
                found[project] = scrub(text);
            }
        }

        return new ProjectRules(null, found);
    }

    private static string? Find(string folder)
    {
        foreach (var path in Names.Select(n => Path.Combine(folder, n)))
        {
            try
            {
                if (new FileInfo(path) is { Exists: true, Length: > 0 and <= BytesMax })
                {
                    return File.ReadAllText(path);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody else's folder: as if there were none.
            }
        }

        return null;
    }

    private static string ReadNamed(string path)
    {
        byte[] bytes;
        try
        {
            var length = new FileInfo(path).Length;
            if (length is 0 or > BytesMax)
            {
                throw Bad($"The file has {length} bytes; 1 to {BytesMax} can stand in a prompt.");
            }

            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad($"The file cannot be read: {e.Message}", e);
        }

        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            return string.IsNullOrWhiteSpace(text) || text.Contains('\0') ? throw Bad("The file holds no text.") : text;
        }
        catch (DecoderFallbackException e)
        {
            throw Bad("The file is no UTF-8 text.", e);
        }

        BadInputException Bad(string reason, Exception? inner = null) =>
            new(
                new SourceLocation(path, 0),
                reason,
                "Name the text that your agents carry in their prompts, such as AGENTS.md, or leave 'context' out.",
                inner
            );
    }
}
