using System.Security.Cryptography;
using System.Text;

namespace Distiller.Mining.Patterns;

/// <summary>Patterns as the verbose block of a prompt: what an agent without an adapter has to be told every time.</summary>
public static class PatternText
{
    private const string Head =
        "Procedures that worked before. Follow the one that fits; names in braces stand for values of the case at hand.\n";

    /// <summary>The block for many patterns; empty for none.</summary>
    public static string Render(IReadOnlyList<Pattern> patterns)
    {
        if (patterns.Count == 0)
        {
            return "";
        }

        var text = new StringBuilder(Head);
        for (var i = 0; i < patterns.Count; i++)
        {
            text.Append('\n').Append(i + 1).Append(". ");
            Append(text, patterns[i].Intent, patterns[i].Steps);
        }

        return text.ToString();
    }

    /// <summary>One pattern without the block's head.</summary>
    public static string Render(string intent, IReadOnlyList<ToolStep> steps)
    {
        var text = new StringBuilder();
        Append(text, intent, steps);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string intent, IReadOnlyList<ToolStep> steps)
    {
        text.Append("When it is about: ").Append(intent).Append('\n');
        for (var i = 0; i < steps.Count; i++)
        {
            text.Append("   ").Append((char)('a' + i)).Append(") ").Append(steps[i]).Append('\n');
        }
    }
}

/// <summary>The id of a pattern.</summary>
internal static class PatternIdentity
{
    /// <summary>From the tools alone: an argument that turns from constant to slot next night leaves the identity.</summary>
    public static string Of(IEnumerable<string> tools) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', tools))))[..16];
}
