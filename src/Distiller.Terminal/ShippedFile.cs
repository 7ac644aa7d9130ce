namespace Distiller.Terminal;

/// <summary>Files that come with the program: <c>data/</c> beside it or in a folder above it.</summary>
internal static class ShippedFile
{
    public const string Prices = "prices.yaml";

    /// <summary>The small base that the sample company's agents run on.</summary>
    public const string TinyBase = "models/tiny/tiny.gguf";

    /// <summary>Its path; where it is missing, one whose reader will say so.</summary>
    public static string Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "data", name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return Path.Combine("data", name);
    }
}
