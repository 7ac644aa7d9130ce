using System.Security.Cryptography;
using System.Text;

namespace Distiller.Mining.Patterns;

/// <summary>The id of a pattern.</summary>
internal static class PatternIdentity
{
    /// <summary>From the tools alone: an argument that turns from constant to slot next night leaves the identity.</summary>
    public static string Of(IEnumerable<string> tools) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', tools))))[..16];
}
