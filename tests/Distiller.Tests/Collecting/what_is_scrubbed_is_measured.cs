using Distiller.Scrubbing;

namespace Distiller.Tests.Collecting;

/// <summary>
/// Texts with and without secrets, in many wordings. The held-out part was written before the rules were first run; the other
/// was used to make them. The shares are those that are promised for unseen texts.
/// </summary>
internal sealed class what_is_scrubbed_is_measured
{
    /// <summary>Where the texts are.</summary>
    internal static readonly string Folder = Path.Combine(
        Repository.Root,
        "tests",
        "Distiller.Tests",
        "Collecting",
        "scrubbing"
    );

    [TestCase("held-out")]
    [TestCase("seen")]
    public void at_least_97_of_100_secrets_are_hidden(string part)
    {
        var texts = Texts($"{part}-secrets.txt");
        var missed = texts
            .Where(t =>
            {
                var clean = new SecretScrubber().Scrub(t.Text);
                t.Secrets.ShouldNotBeEmpty(t.Template);
                return t.Secrets.Any(s => clean.Contains(s, StringComparison.Ordinal));
            })
            .Select(t => t.Template)
            .ToList();
        Tell(part, "secrets missed", missed, texts.Count);
        texts.Count.ShouldBeGreaterThanOrEqualTo(100);
        (missed.Count * 100).ShouldBeLessThanOrEqualTo(texts.Count * 3, string.Join('\n', missed));
    }

    [TestCase("held-out")]
    [TestCase("seen")]
    public void at_most_3_of_100_harmless_texts_are_changed(string part)
    {
        var texts = Texts($"{part}-harmless.txt");
        var changed = texts
            .Where(t => new SecretScrubber().Scrub(t.Text) != t.Text)
            .Select(t => $"{t.Template} -> {new SecretScrubber().Scrub(t.Text)}")
            .ToList();
        Tell(part, "harmless texts changed", changed, texts.Count);
        texts.Count.ShouldBeGreaterThanOrEqualTo(100);
        (changed.Count * 100).ShouldBeLessThanOrEqualTo(texts.Count * 3, string.Join('\n', changed));
    }

    /// <summary>The untouched ones were measured once: 95.3 % were hidden then. They were looked at since.</summary>
    [TestCase("seen", 97)]
    [TestCase("second", 97)]
    [TestCase("untouched", 97)]
    public void of_generated_texts_as_many(string part, int hiddenPercent)
    {
        var texts = new GeneratedTexts(Path.Combine(Folder, $"generated-{part}.txt"));
        var secrets = texts.Secrets().Select(ScrubExample.Make).ToList();
        var harmless = texts.Harmless().Select((t, i) => ScrubExample.Make(t, i).Text).ToList();
        secrets.ShouldAllBe(s => s.Secrets.Count > 0);

        var missed = secrets
            .Where(s =>
                new SecretScrubber().Scrub(s.Text) is var clean
                && s.Secrets.Any(v => clean.Contains(v, StringComparison.Ordinal))
            )
            .Select(s => s.Text)
            .ToList();
        var changed = harmless.FindAll(t => new SecretScrubber().Scrub(t) != t);

        Tell(part, "generated secrets missed", missed, secrets.Count);
        Tell(part, "generated harmless texts changed", changed, harmless.Count);
        (secrets.Count, harmless.Count).ShouldSatisfyAllConditions(
            c => c.Item1.ShouldBeGreaterThanOrEqualTo(300),
            c => c.Item2.ShouldBeGreaterThanOrEqualTo(300)
        );
        (missed.Count * 100).ShouldBeLessThanOrEqualTo(
            secrets.Count * (100 - hiddenPercent),
            string.Join('\n', missed)
        );
        (changed.Count * 100).ShouldBeLessThanOrEqualTo(harmless.Count * 3, string.Join('\n', changed));
    }

    /// <summary>
    /// The final ones were written when the rules were final and measured once: 188 of 195 were hidden. Those of the
    /// fourth set were measured once, too (179 of 195), and looked at since; those of the third are what the rules were made with.
    /// Of the fifth to the seventh 194 of 237, 162 of 189 and 164 of 180 were hidden at first, before the rules were improved
    /// with each. The blind ones were written by others who had seen neither rules nor sets: at
    /// first sight 188 of 199, 192 of 199 and 186 of 198 were hidden, and 3, 0 and 5 of 130 harmless texts changed.
    /// All sets behind these are by others as well, who were asked for passwords that people think up in half of the texts; what
    /// was hidden at first sight stands in the results of the benchmarks.
    /// </summary>
    [TestCase("third", 98)]
    [TestCase("fourth", 98)]
    [TestCase("final", 98)]
    [TestCase("fifth", 98)]
    [TestCase("sixth", 98)]
    [TestCase("seventh", 97)]
    [TestCase("blind", 98)]
    [TestCase("blind-second", 98)]
    [TestCase("blind-third", 98)]
    [TestCase("ops", 98)]
    [TestCase("code", 98)]
    [TestCase("people", 88)]
    [TestCase("tools", 98)]
    [TestCase("others-1", 97)]
    [TestCase("others-2", 97)]
    [TestCase("others-3", 97)]
    [TestCase("others-4", 97)]
    [TestCase("others-5", 97)]
    [TestCase("others-6", 97)]
    [TestCase("others-7", 97)]
    [TestCase("others-8", 94)]
    [TestCase("others-9", 97)]
    [TestCase("others-10", 97)]
    [TestCase("others-11", 97)]
    [TestCase("others-12", 97)]
    [TestCase("others-13", 97)]
    [TestCase("others-14", 97)]
    [TestCase("others-15", 97)]
    [TestCase("others-16", 97)]
    [TestCase("others-17", 97)]
    [TestCase("others-18", 96)]
    [TestCase("others-19", 97)]
    [TestCase("others-20", 97)]
    public void of_new_wordings_as_many(string part, int hiddenPercent)
    {
        var secrets = Texts($"{part}-secrets.txt");
        var harmless = Texts($"{part}-harmless.txt");
        secrets.ShouldAllBe(s => s.Secrets.Count > 0);
        (secrets.Count, harmless.Count).ShouldSatisfyAllConditions(
            c => c.Item1.ShouldBeGreaterThanOrEqualTo(150),
            c => c.Item2.ShouldBeGreaterThanOrEqualTo(100)
        );

        var missed = secrets
            .Where(t =>
                new SecretScrubber().Scrub(t.Text) is var clean
                && t.Secrets.Any(s => clean.Contains(s, StringComparison.Ordinal))
            )
            .Select(t => t.Template)
            .ToList();
        var changed = harmless
            .Where(t => new SecretScrubber().Scrub(t.Text) != t.Text)
            .Select(t => t.Template)
            .ToList();

        Tell(part, "secrets missed", missed, secrets.Count);
        Tell(part, "harmless texts changed", changed, harmless.Count);
        (missed.Count * 100).ShouldBeLessThanOrEqualTo(
            secrets.Count * (100 - hiddenPercent),
            string.Join('\n', missed)
        );
        (changed.Count * 100).ShouldBeLessThanOrEqualTo(harmless.Count * 3, string.Join('\n', changed));
    }

    [TestCase("held-out-secrets.txt")]
    [TestCase("held-out-harmless.txt")]
    [TestCase("third-secrets.txt")]
    [TestCase("third-harmless.txt")]
    [TestCase("fourth-secrets.txt")]
    [TestCase("final-secrets.txt")]
    [TestCase("fifth-secrets.txt")]
    [TestCase("fifth-harmless.txt")]
    [TestCase("sixth-secrets.txt")]
    [TestCase("sixth-harmless.txt")]
    [TestCase("seventh-secrets.txt")]
    [TestCase("seventh-harmless.txt")]
    [TestCase("blind-secrets.txt")]
    [TestCase("blind-harmless.txt")]
    [TestCase("blind-second-secrets.txt")]
    [TestCase("blind-second-harmless.txt")]
    [TestCase("blind-third-secrets.txt")]
    [TestCase("blind-third-harmless.txt")]
    [TestCase("ops-secrets.txt")]
    [TestCase("code-secrets.txt")]
    [TestCase("people-secrets.txt")]
    [TestCase("tools-secrets.txt")]
    [TestCase("others-1-secrets.txt")]
    [TestCase("others-8-secrets.txt")]
    [TestCase("seen-secrets.txt")]
    [TestCase("seen-harmless.txt")]
    public void scrubbing_again_changes_nothing(string file)
    {
        foreach (var text in Texts(file))
        {
            var once = new SecretScrubber().Scrub(text.Text);
            new SecretScrubber().Scrub(once).ShouldBe(once, text.Template);
        }
    }

    private static List<(string Template, string Text, IReadOnlyList<string> Secrets)> Texts(string file) =>
        [
            .. File.ReadAllLines(Path.Combine(Folder, file))
                .Where(l => l.Length > 0 && !l.StartsWith("# ", StringComparison.Ordinal))
                .Select(
                    (l, i) =>
                    {
                        var (text, secrets) = ScrubExample.Make(l, i);
                        return (l, text, secrets);
                    }
                ),
        ];

    private static void Tell(string part, string what, List<string> texts, int count)
    {
        TestContext.Out.WriteLine($"{part}: {texts.Count} of {count} {what}");
        texts.ForEach(TestContext.Out.WriteLine);
    }
}
