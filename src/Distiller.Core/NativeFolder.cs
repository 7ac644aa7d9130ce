namespace Distiller.Core;

/// <summary>
/// Where the native libraries lie: <c>llama/</c> (llama.cpp), <c>duckdb/</c>, <c>torch/</c> (libtorch and TorchSharp).
/// <c>DISTILLER_NATIVE</c> names the folder; otherwise <c>native/</c> beside the program or <c>build/native/</c> in a
/// folder above it.
/// </summary>
public static class NativeFolder
{
    public static string Find(string library)
    {
        var tried = new List<string>();
        foreach (var root in Roots())
        {
            var folder = Path.Combine(root, library);
            if (Directory.Exists(folder))
            {
                return folder;
            }

            tried.Add(folder);
        }

        throw new BadInputException(
            new SourceLocation(tried[0], 0),
            $"The native library folder '{library}' is missing.",
            "Run ops/setup.sh, or set DISTILLER_NATIVE to the folder that holds it."
        );
    }

    private static IEnumerable<string> Roots()
    {
        if (Environment.GetEnvironmentVariable("DISTILLER_NATIVE") is { Length: > 0 } configured)
        {
            yield return configured;
            yield break;
        }

        yield return Path.Combine(AppContext.BaseDirectory, "native");
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            yield return Path.Combine(d.FullName, "build", "native");
        }
    }
}
