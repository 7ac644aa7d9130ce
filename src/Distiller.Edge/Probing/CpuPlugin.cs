using System.Runtime.InteropServices;
using Distiller.Core;

namespace Distiller.Edge;

/// <summary>One build of ggml's CPU code for one level of processor.</summary>
/// <param name="Name">File name.</param>
/// <param name="Score">How well it says it fits this processor; 0: it cannot run here.</param>
public sealed record CpuPlugin(string Name, string Path, int Score)
{
    /// <summary>Those that say they can run on this processor, best first.</summary>
    public static IReadOnlyList<CpuPlugin> Usable(string folder) =>
        [
            .. Files(folder)
                .Select(f => new CpuPlugin(System.IO.Path.GetFileName(f), f, Rate(f)))
                .Where(p => p.Score > 0)
                .OrderByDescending(p => p.Score)
                .ThenBy(p => p.Name, StringComparer.Ordinal),
        ];

    internal static CpuPlugin Choose(string folder, string? name)
    {
        if (name is null)
        {
            return Usable(folder) is [var best, ..]
                ? best
                : throw new BadInputException(
                    new SourceLocation(folder, 0),
                    "No CPU plugin of llama.cpp here runs on this processor.",
                    "Install the package built for this machine with ops/setup.sh."
                );
        }

        // Only a file of this folder: the name may come from a file on disk.
        var file =
            Files(folder).FirstOrDefault(f => System.IO.Path.GetFileName(f) == name)
            ?? throw new BadInputException(
                new SourceLocation(System.IO.Path.Combine(folder, name), 0),
                "There is no such CPU plugin.",
                $"Use one of: {string.Join(", ", Files(folder).Select(System.IO.Path.GetFileName))}."
            );
        var score = Rate(file);
        return score > 0
            ? new CpuPlugin(name, file, score)
            : throw new BadInputException(
                new SourceLocation(file, 0),
                "This CPU plugin says that it cannot run on this processor.",
                $"Use one of: {string.Join(", ", Usable(folder).Select(p => p.Name))}."
            );
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "libggml-cpu*.so").Order(StringComparer.Ordinal);

    /// <summary>A package with one CPU build has no rating in it: it is the one to take.</summary>
    private static unsafe int Rate(string file)
    {
        if (!NativeLibrary.TryLoad(file, out var library))
        {
            return 0;
        }

        try
        {
            return NativeLibrary.TryGetExport(library, "ggml_backend_score", out var score)
                ? ((delegate* unmanaged[Cdecl]<int>)score)()
                : 1;
        }
        finally
        {
            NativeLibrary.Free(library);
        }
    }
}
