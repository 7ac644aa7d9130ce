namespace Distiller.Tests.Support;

/// <summary>Real logs, models and reference results beside the repository. Tests that need them skip where they are absent.</summary>
internal static class SharedFiles
{
    public static string Path(string relative)
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(d.FullName, "Distiller.sln")))
            {
                var path = System.IO.Path.Combine(d.Parent?.FullName ?? "", "shared", relative);
                if (System.IO.Path.Exists(path))
                {
                    return path;
                }

                Assert.Ignore($"../shared/{relative} is not here.");
            }
        }

        Assert.Ignore("The repository's root was not found above the test program.");
        return "";
    }
}
