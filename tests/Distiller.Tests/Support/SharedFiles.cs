namespace Distiller.Tests.Support;

/// <summary>Real logs, models and reference results beside the repository. Tests that need them skip where they are absent.</summary>
internal static class SharedFiles
{
    public static string Path(string relative)
    {
        var path = System.IO.Path.Combine(Repository.Root, "..", "shared", relative);
        if (!System.IO.Path.Exists(path))
        {
            Assert.Ignore($"../shared/{relative} is not here.");
        }

        return System.IO.Path.GetFullPath(path);
    }
}
