using System.Buffers;

namespace Distiller.Logs.Scrubbing.Finders;

/// <summary>
/// Goes over a text once for all rules that name texts to look for: prefixes, commands, and what patterns are near. One pass for
/// some hundred texts costs as much as one for fifty.
/// </summary>
internal sealed class AnchoredFinder
{
    private readonly PrefixFinder _prefixes;
    private readonly PatternFinder _patterns;
    private readonly CommandFinder _commands;
    private readonly SearchValues<string> _anchors;

    public AnchoredFinder(ScrubRuleSet set)
    {
        _prefixes = new PrefixFinder(set.Rules.OfType<PrefixRule>());
        _patterns = new PatternFinder(set.Rules.OfType<PatternRule>());
        _commands = new CommandFinder(set.Rules.OfType<CommandRule>());
        _anchors = SearchValues.Create(
            [
                .. _prefixes
                    .Anchors.Concat(_patterns.Anchors)
                    .Concat(_commands.Anchors)
                    .Distinct(StringComparer.OrdinalIgnoreCase),
            ],
            StringComparison.OrdinalIgnoreCase
        );
    }

    public void Find(string text, List<SecretFinding> findings)
    {
        int[]? patternsDone = null;
        var (at, prefixesDone, commandsDone) = (0, 0, 0);
        while (at < text.Length && text.AsSpan(at).IndexOfAny(_anchors) is >= 0 and var skip)
        {
            at += skip;
            patternsDone ??= new int[_patterns.Count];
            _patterns.At(text, at, patternsDone, findings);
            commandsDone = at >= commandsDone ? Math.Max(commandsDone, _commands.At(text, at, findings)) : commandsDone;
            prefixesDone = at >= prefixesDone ? Math.Max(prefixesDone, _prefixes.At(text, at, findings)) : prefixesDone;
            at++;
        }
    }
}
