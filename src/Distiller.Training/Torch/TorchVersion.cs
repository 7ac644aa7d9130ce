using System.Text.RegularExpressions;

namespace Distiller.Training.Torch;

/// <summary>
/// Which libtorch lies in a folder, told without running its code: PyTorch writes <c>torch/version.py</c> beside
/// <c>torch/lib</c>, the plain libtorch archives a file <c>build-version</c> beside <c>lib</c>.
/// </summary>
internal static partial class TorchVersion
{
    /// <summary>TorchSharp's library calls C++ functions by their names, which differ from version to version.</summary>
    public const string Wanted = "2.10";

    /// <summary>For example <c>2.10.0+cu128</c>; null where no file tells it.</summary>
    public static string? Of(string folder)
    {
        var above = Path.Combine(folder, "..");
        var python = Path.Combine(above, "version.py");
        var plain = Path.Combine(above, "build-version");
        return File.Exists(python) && Assignment().Match(File.ReadAllText(python)) is { Success: true } match
                ? match.Groups[1].Value
            : File.Exists(plain) ? File.ReadAllText(plain).Trim()
            : null;
    }

    public static bool Fits(string version) => version.StartsWith(Wanted + ".", StringComparison.Ordinal);

    [GeneratedRegex("""^__version__\s*=\s*['"]([^'"]+)['"]""", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Assignment();
}
