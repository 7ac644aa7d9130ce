using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Distiller.Edge;

/// <summary>
/// What decides whether a CPU plugin works: the processor's features, and the kernel that permits them or does not.
/// </summary>
internal static class MachineIdentity
{
    private const string CpuInfo = "/proc/cpuinfo";

    public static string Sha256()
    {
        var text = new StringBuilder()
            .Append(RuntimeInformation.OSArchitecture)
            .Append('\n')
            .Append(RuntimeInformation.OSDescription)
            .Append('\n');
        if (File.Exists(CpuInfo))
        {
            // One core's lines; those of the others, and its current frequency, say nothing new.
            foreach (
                var line in File.ReadLines(CpuInfo)
                    .TakeWhile(l => l.Length > 0)
                    .Where(l =>
                        l.StartsWith("model name", StringComparison.Ordinal)
                        || l.StartsWith("flags", StringComparison.Ordinal)
                        || l.StartsWith("Features", StringComparison.Ordinal)
                        || l.StartsWith("CPU", StringComparison.Ordinal)
                    )
            )
            {
                text.Append(line).Append('\n');
            }
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
