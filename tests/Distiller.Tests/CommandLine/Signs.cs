namespace Distiller.Tests.CommandLine;

/// <summary>What appears in a workspace when a stage has begun.</summary>
internal static class Signs
{
    /// <param name="sign">A path under the folder; each part may have wildcards.</param>
    public static bool Appear(string folder, string sign)
    {
        IEnumerable<string> found = [folder];
        foreach (var part in sign.Split('/'))
        {
            found = found.Where(Directory.Exists).SelectMany(f => Entries(f, part));
        }

        return found.Any();
    }

    private static string[] Entries(string folder, string pattern)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder, pattern);
        }
        catch (DirectoryNotFoundException)
        {
            return []; // The night has just moved it to its place.
        }
    }
}
