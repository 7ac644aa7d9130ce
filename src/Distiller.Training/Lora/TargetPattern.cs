using System.IO.Enumeration;
using Distiller.Training.Model;

namespace Distiller.Training.Lora;

/// <summary>
/// Chooses weights by names or patterns, separated by commas: <c>*</c> stands for any text, <c>?</c> for one character. One
/// without a dot is compared with the last part of a weight's name (<c>attn_q</c>), one with a dot with all of it
/// (<c>blk.2?.ffn_*</c>); <c>.weight</c> may be left out.
/// </summary>
public static class TargetPattern
{
    /// <summary>A regular expression for what can be given.</summary>
    public const string Form = @"[A-Za-z0-9_.*?]+(\s*,\s*[A-Za-z0-9_.*?]+)*";

    /// <exception cref="BadInputException">A pattern meets no weight.</exception>
    internal static IEnumerable<LinearShape> Choose(IReadOnlyList<LinearShape> weights, string patterns, string path)
    {
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pattern in patterns.Split(',', StringSplitOptions.TrimEntries))
        {
            var met = weights.Where(w => Meets(pattern, w.Name)).Select(w => w.Name).ToList();
            if (met.Count == 0)
            {
                throw new BadInputException(
                    SourceLocation.Option("--targets"),
                    $"'{pattern}' meets none of the weights of {path} that an adapter can change.",
                    $"They are named blk.N.NAME; NAME is one of {LoraTargetNames.Format(LoraTargets.All).Replace(",", ", ", StringComparison.Ordinal)}."
                );
            }

            chosen.UnionWith(met);
        }

        return weights.Where(w => chosen.Contains(w.Name));
    }

    private static bool Meets(string pattern, string weight)
    {
        var name = weight.EndsWith(".weight", StringComparison.Ordinal) ? weight[..^".weight".Length] : weight;
        return pattern.Contains('.')
            ? FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)
                || FileSystemName.MatchesSimpleExpression(pattern, weight, ignoreCase: false)
            : FileSystemName.MatchesSimpleExpression(
                pattern,
                name.AsSpan(name.LastIndexOf('.') + 1),
                ignoreCase: false
            );
    }
}
