namespace Distiller.Lake;

/// <summary>What lies in a folder. Links are counted as they are, not followed.</summary>
public static class FolderSize
{
    private static readonly EnumerationOptions All = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = true,
    };

    /// <summary>Bytes of all files in it, or of the file itself; 0 where there is nothing.</summary>
    public static long Bytes(string path) =>
        Directory.Exists(path) ? Files(path).Sum(f => f.Length)
        : File.Exists(path) ? new FileInfo(path).Length
        : 0;

    /// <summary>When something in it was last written.</summary>
    public static DateTimeOffset Touched(string folder) =>
        new(Files(folder).Select(f => f.LastWriteTimeUtc).Append(Directory.GetLastWriteTimeUtc(folder)).Max(), default);

    private static IEnumerable<FileInfo> Files(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", All).Where(f => f.LinkTarget is null);
}
