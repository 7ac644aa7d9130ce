using Distiller.Scrubbing.Names;

namespace Distiller.Scrubbing.Finders;

/// <summary>
/// Goes over a text once for all rules that name texts to look for: prefixes, commands, what patterns are near, and names.
/// One pass for some hundred texts costs as much as one for fifty.
/// </summary>
internal sealed class AnchoredFinder
{
    private const int Prefix = 1;
    private const int Command = 2;
    private const int Pattern = 4;
    private const int Name = 8;
    private const int Told = 16;

    /// <summary>The first kind that is another finder's; those behind it are the next bits.</summary>
    private const int Other = 32;

    private readonly PrefixFinder _prefixes;
    private readonly PatternFinder _patterns;
    private readonly CommandFinder _commands;
    private readonly NameFinder _names;
    private readonly ToldFinder _told;
    private readonly AnchorSet _anchors;

    /// <param name="others">Texts that are looked for on the way: finders that need them are spared a search of their own.</param>
    public AnchoredFinder(ScrubRuleSet set, NameFinder names, FinderTypes types, params IReadOnlyList<Anchor> others)
    {
        _names = names;
        _told = new ToldFinder(types);
        _prefixes = new PrefixFinder(set.Rules.OfType<PrefixRule>());
        _patterns = new PatternFinder(set.Rules.OfType<PatternRule>());
        _commands = new CommandFinder(set.Rules.OfType<CommandRule>());
        _anchors = new AnchorSet([
            .. _prefixes.Anchors.Select(a => new Anchor(a, Prefix, InAnyCase: false)),
            .. _commands.Anchors.Select(a => new Anchor(a, Command, InAnyCase: false)),
            .. _patterns.Anchors.Select(a => new Anchor(a, Pattern, InAnyCase: true)),
            .. _names.Anchors.Select(a => new Anchor(a, Name, InAnyCase: true)),
            .. ToldFinder.Anchors.Select(a => new Anchor(a, Told, InAnyCase: true)),
            .. others.Select(a => a with { Kind = a.Kind * Other }),
        ]);
    }

    /// <param name="named">Takes what is secret by its name, which is the least specific.</param>
    /// <returns>The kinds of the others that stand in the text.</returns>
    public int Find(string text, List<SecretFinding> findings, List<SecretFinding> named)
    {
        var seen = 0;
        int[]? patternsDone = null;
        var (prefixesDone, commandsDone, namesDone, toldDone) = (0, 0, 0, 0);
        for (var at = 0; _anchors.IndexIn(text, at, out var kinds) is >= 0 and var found; at = found + 1)
        {
            seen |= kinds;
            if ((kinds & Pattern) != 0)
            {
                patternsDone ??= new int[_patterns.Count];
                _patterns.At(text, found, patternsDone, findings);
            }

            if ((kinds & Command) != 0 && found >= commandsDone)
            {
                commandsDone = Math.Max(commandsDone, _commands.At(text, found, findings));
            }

            if ((kinds & Prefix) != 0 && found >= prefixesDone)
            {
                prefixesDone = Math.Max(prefixesDone, _prefixes.At(text, found, findings));
            }

            if ((kinds & Name) != 0 && found >= namesDone)
            {
                namesDone = _names.At(text, found, namesDone, named);
            }

            if ((kinds & Told) != 0 && found >= toldDone)
            {
                toldDone = _told.At(text, found, named);
            }
        }

        return seen / Other;
    }
}
