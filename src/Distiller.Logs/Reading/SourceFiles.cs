namespace Distiller.Logs.Reading;

/// <summary>Finds the files to collect, in an order that depends on their names only.</summary>
internal static class SourceFiles
{
    /// <summary>
    /// Folders are walked to the bottom. Links inside them are not followed: a link could lead out of the folder that
    /// the user named, or in a circle.
    /// </summary>
    /// <exception cref="BadInputException">A path does not exist.</exception>
    public static IReadOnlyList<SourceFile> Find(IEnumerable<string> paths)
    {
        var files = new List<SourceFile>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            foreach (var found in Expand(path))
            {
                if (seen.Add(Path.GetFullPath(found)))
                {
                    files.Add(new SourceFile(found, Length(found)) { IsNamed = found == path });
                }
            }
        }

        return files;
    }

    private static IEnumerable<string> Expand(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                "The file or folder does not exist.",
                "Check the path."
            );
        }

        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = false,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        try
        {
            return Directory.EnumerateFiles(path, "*", options).Order(StringComparer.Ordinal).ToList();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                $"The folder cannot be listed: {e.Message}",
                "Change its permissions, or name the files that can be read.",
                e
            );
        }
    }

    private static long Length(string path)
    {
        try
        {
            return new FileInfo(path).Length;
        }
        catch (IOException)
        {
            return 0; // As an empty file it goes to quarantine.
        }
    }
}

/// <summary>A file to collect.</summary>
/// <param name="Path">As the user named it, or the folder it was found in.</param>
internal sealed record SourceFile(string Path, long Bytes)
{
    /// <summary>Whether the user named the file itself, and not a folder above it.</summary>
    public bool IsNamed { get; init; }
}
