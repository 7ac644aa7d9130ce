using System.Reflection;
using Distiller.Scrubbing.Finders;

namespace Distiller.Scrubbing;

/// <summary>
/// What is hidden before anything is stored: the shipped rules, and the user's own behind them. Prepared once for any number
/// of texts and threads.
/// </summary>
public sealed class ScrubRules
{
    /// <summary>How a type begins that no shipped rule has.</summary>
    public const string OwnTypePrefix = "own-";

    private const string Shipped = "scrub-rules.yaml";

    private static readonly Lazy<ScrubRules> s_default = new(LoadShipped);

    private ScrubRules(ScrubRuleSet set)
    {
        All = set.Rules;
        Finders = new FinderSet(set);
        Set = set;
    }

    /// <summary>The rules of <c>data/scrub-rules.yaml</c>.</summary>
    public static ScrubRules Default => s_default.Value;

    public IReadOnlyList<ScrubRule> All { get; }

    /// <summary>The types of placeholders, each once.</summary>
    public IReadOnlySet<string> Types => All.Select(r => r.Type).ToHashSet(StringComparer.Ordinal);

    internal FinderSet Finders { get; }

    internal ScrubRuleSet Set { get; }

    /// <summary>The shipped rules and those of a file of the same form.</summary>
    /// <param name="path">Null or empty: the shipped ones alone.</param>
    /// <exception cref="BadInputException">The file is absent or wrong, or an example of a rule is not as it says.</exception>
    public static ScrubRules With(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            return Default;
        }

        var set = ScrubRuleFile.Read(path, Default.Set);
        var rules = new ScrubRules(set);
        ScrubRuleFile.CheckExamples(set, rules);
        return rules;
    }

    private static ScrubRules LoadShipped()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Shipped)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return new ScrubRules(ScrubRuleFile.ReadShipped(Shipped, bytes.ToArray()));
    }
}

/// <summary>Rules with the words that all rules for names share.</summary>
/// <param name="Words">By the name of the list in the file.</param>
internal sealed record ScrubRuleSet(
    IReadOnlyList<ScrubRule> Rules,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Words
)
{
    /// <summary>Rules that a user's file added, with their place in it.</summary>
    public IReadOnlyList<(ScrubRule Rule, SourceLocation Place)> Own { get; init; } = [];
}
