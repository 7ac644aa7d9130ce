namespace Distiller.Tests.Support;

internal static class Repository
{
    /// <summary>The folder of the checkout that these tests were built in.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Distiller.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("There is no repository above the tests.");
        }

        return folder.FullName;
    }
}
