using System.Text.RegularExpressions;
using Distiller.Scrubbing;
using Distiller.Scrubbing.Finders;

namespace Distiller.Tests.Collecting;

internal sealed class an_expression_of_a_rule
{
    /// <summary>The rules' examples and all texts by which the scrubber is measured.</summary>
    private static readonly List<string> Texts =
    [
        .. ScrubRules
            .Default.All.SelectMany(r => r.Hides.Concat(r.Keeps))
            .Concat(
                Directory
                    .EnumerateFiles(what_is_scrubbed_is_measured.Folder, "*.txt")
                    .Order(StringComparer.Ordinal)
                    .SelectMany(File.ReadLines)
            )
            .Select((t, i) => ScrubExample.Make(t, i).Text),
    ];

    private static IEnumerable<TestCaseData> Rules() =>
        ScrubRules.Default.All.OfType<PatternRule>().Select(r => new TestCaseData(r).SetArgDisplayNames(r.Id));

    [TestCaseSource(nameof(Rules))]
    public void finds_the_same_with_and_without_backtracking(PatternRule rule)
    {
        var copy = Rule(rule.Near, rule.Expression);
        var quick = copy.Pattern;
        var linear = copy.UseLinear();
        quick.Options.HasFlag(RegexOptions.NonBacktracking).ShouldBeFalse();
        linear.Options.HasFlag(RegexOptions.NonBacktracking).ShouldBeTrue();
        copy.Pattern.ShouldBeSameAs(linear);

        var near = Texts.FindAll(t => rule.Near.Any(n => t.Contains(n, StringComparison.OrdinalIgnoreCase)));
        near.ShouldNotBeEmpty();
        foreach (var text in near)
        {
            Found(linear, text).ShouldBe(Found(quick, text), text);
        }
    }

    [Test]
    public void is_made_without_backtracking_when_it_is_needed_often()
    {
        var rule = Rule(["key "], "key (?<secret>[0-9]+)");
        Enumerable.Range(0, 1000).Select(_ => rule.Pattern).Distinct().Count().ShouldBe(2);
        rule.Pattern.Options.HasFlag(RegexOptions.NonBacktracking).ShouldBeTrue();
    }

    [Test]
    public void that_would_backtrack_without_end_does_not()
    {
        var rule = Rule(["key "], "key (?<secret>(?:[ab]|[ab][ab])+)c");
        Found(rule, "key " + string.Concat(Enumerable.Repeat("ab", 200)) + "!").ShouldBeEmpty();
        rule.Pattern.Options.HasFlag(RegexOptions.NonBacktracking).ShouldBeTrue();
        Found(rule, "key ababc").ShouldBe([(4, 4)]);
    }

    private static PatternRule Rule(IReadOnlyList<string> near, string expression) =>
        new(near, [], expression, SecretLook.Any)
        {
            Id = "a-rule",
            Description = "What the test looks for.",
            Type = "secret",
        };

    private static List<(int, int)> Found(PatternRule rule, string text)
    {
        var findings = new List<SecretFinding>();
        new PatternFinder([rule]).At(text, 0, new int[1], findings);
        return [.. findings.Select(f => (f.Start, f.Length))];
    }

    private static List<(int, int, int, int)> Found(Regex regex, string text) =>
        [.. regex.Matches(text).Select(m => (m.Index, m.Length, m.Groups["secret"].Index, m.Groups["secret"].Length))];
}
