using System.Text.RegularExpressions;

namespace Distiller.Mining.Reducing;

/// <summary>Tells the lines of an output that say what went wrong; no reducer drops them.</summary>
internal static class ErrorLine
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private static readonly Regex Words = new(
        @"^\W*(?:\[?\w+\]?:?\s+)?(?:error|errors|err!|fatal|panic|fail|failed|failure|exception|traceback|caused by|e:)\b"
            + @"|\berror\b\s*(?:\w*\d+)?\s*[:\[(!]"
            + @"|\bpanicked at\b|command not found|no such file or directory|permission denied|segmentation fault"
            + @"|core dumped|undefined reference|\bexit(?:ed with)? (?:code|status):? [1-9]|out of memory|\bassertion\b.*\bfailed\b",
        Linear | RegexOptions.IgnoreCase
    );

    private static readonly Regex Names = new(
        @"\b\w*(?:Error|Exception)\b\s*:|^\s*--- FAIL|\bFAILED\b|^E   |^\s*[✗✕✘×●] ",
        Linear
    );

    public static bool Is(string line)
    {
        // A line of megabytes is data; its head tells enough.
        var head = line.Length > 4_000 ? line[..4_000] : line;
        return Words.IsMatch(head) || Names.IsMatch(head);
    }
}
