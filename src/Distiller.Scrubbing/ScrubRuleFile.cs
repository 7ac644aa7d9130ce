using System.Globalization;
using Distiller.Core.Settings;
using Distiller.Yaml;

namespace Distiller.Scrubbing;

/// <summary>Reads rules from YAML. Every error names file, line and remedy.</summary>
internal static class ScrubRuleFile
{
    private const string Remedy = "Correct the rule; data/scrub-rules.yaml shows the form.";
    private const int NearLeast = 3;
    private const int PatternMost = 1000;

    public static readonly string[] WordLists = ["no-secret-before", "no-secret-behind", "no-values", "prose"];

    public static ScrubRuleSet ReadShipped(string name, byte[] bytes)
    {
        var root = new YamlFile(name, Remedy).Root(bytes, "a mapping with 'rules'");
        var words = WordLists.ToDictionary(
            list => list,
            list =>
                (IReadOnlyList<string>)
                    [
                        .. root.Texts(list, Remedy)
                            .SelectMany(t => t.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
                    ],
            StringComparer.Ordinal
        );
        var rules = root.Mappings("rules").Select(r => ReadRule(r, null)).ToList();
        root.RefuseOthers();
        return new ScrubRuleSet(rules, words);
    }

    public static ScrubRuleSet Read(string path, ScrubRuleSet shipped)
    {
        var file = new YamlFile(path, Remedy);
        var root = file.Root(file.ReadBytes(), "a mapping with 'rules'");
        var off = root.Has("without") ? root.Texts("without", "Name rules as 'distiller scrub rules' lists them.") : [];
        foreach (var (id, place) in off)
        {
            if (shipped.Rules.All(r => r.Id != id))
            {
                throw root.Bad(
                    place,
                    $"There is no rule '{id}'.",
                    Nearest.To(id, [.. shipped.Rules.Select(r => r.Id)]) is { } near
                        ? $"Did you mean '{near}'?"
                        : "'distiller scrub rules' lists them."
                );
            }
        }

        var known = shipped.Rules.Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        var types = shipped.Rules.Select(r => r.Type).ToHashSet(StringComparer.Ordinal);
        var own = new List<(ScrubRule Rule, SourceLocation Place)>();
        foreach (var node in root.Has("rules") || off.Count == 0 ? root.Mappings("rules") : [])
        {
            var rule = ReadRule(node, types);
            own.Add(
                known.Add(rule.Id)
                    ? (rule, node.Place)
                    : throw node.Bad("id", $"there is a rule '{rule.Id}' already.", "Give it another name.")
            );
        }

        root.RefuseOthers();
        var without = off.Select(o => o.Text).ToHashSet(StringComparer.Ordinal);
        return shipped with
        {
            Rules = [.. shipped.Rules.Where(r => !without.Contains(r.Id)), .. own.Select(o => o.Rule)],
            Own = own,
        };
    }

    /// <summary>Each example of the user's rules is as it says.</summary>
    public static void CheckExamples(ScrubRuleSet set, ScrubRules rules)
    {
        foreach (var (rule, place) in set.Own)
        {
            foreach (var hides in rule.Hides)
            {
                var (text, secrets) = ScrubExample.Make(hides, 1);
                var clean = new SecretScrubber(rules).Scrub(text);
                if (secrets.Count == 0 || secrets.Any(s => clean.Contains(s, StringComparison.Ordinal)))
                {
                    throw new BadInputException(
                        place,
                        secrets.Count == 0
                            ? $"An example that '{rule.Id}' hides marks nothing."
                            : $"The rule '{rule.Id}' does not hide its own example.",
                        secrets.Count == 0
                            ? $"Put what is hidden between {ScrubExample.Open} and {ScrubExample.Close}."
                            : "Correct the rule or the example."
                    );
                }
            }

            foreach (var keeps in rule.Keeps.Select(k => ScrubExample.Make(k, 1).Text))
            {
                if (new SecretScrubber(rules).Scrub(keeps) != keeps)
                {
                    throw new BadInputException(
                        place,
                        $"A rule changes a text that '{rule.Id}' says is kept.",
                        "Correct the rule or the example."
                    );
                }
            }
        }
    }

    /// <param name="types">Those a user's rule may name; null for the shipped rules, which make them.</param>
    private static ScrubRule ReadRule(YamlMapping node, IReadOnlySet<string>? types)
    {
        var id = Name(node, "id");
        var type = Name(node, "type");
        if (
            types is not null
            && !types.Contains(type)
            && !type.StartsWith(ScrubRules.OwnTypePrefix, StringComparison.Ordinal)
        )
        {
            throw node.Bad(
                "type",
                $"'{type}' is no type of the shipped rules.",
                $"Name one of them, or one of your own that begins with '{ScrubRules.OwnTypePrefix}'."
            );
        }

        var description = node.Text("description", "Say in a sentence what the rule hides.");
        string[] kinds = ["prefixes", "names", "commands", "near", .. types is null ? (string[])["finder"] : []];
        var given = kinds.Where(node.Has).ToList();
        if (given.Count != 1)
        {
            throw node.Bad(
                node.Place,
                $"The rule '{id}' has {(given.Count == 0 ? "none" : "more than one")} of {string.Join(", ", kinds)}.",
                "Say in exactly one way what it looks for."
            );
        }

        ScrubRule rule = given[0] switch
        {
            "prefixes" => Prefix(node, id, description, type),
            "names" => new NameRule(Words(node, "names"), Choice<SecretLook>(node, "value", SecretLook.Mixed))
            {
                Id = id,
                Description = description,
                Type = type,
            },
            "commands" => new CommandRule(
                Words(node, "commands"),
                node.Has("options") ? Words(node, "options") : [],
                Choice<OptionForm>(node, "takes", OptionForm.Value)
            )
            {
                Id = id,
                Description = description,
                Type = type,
            },
            "near" => Pattern(node, id, description, type, isOwn: types is not null),
            _ => new FinderRule(Name(node, "finder"))
            {
                Id = id,
                Description = description,
                Type = type,
            },
        };
        rule = rule with
        {
            Hides = node.Has("hides") ? Words(node, "hides") : [],
            Keeps = node.Has("keeps") ? Words(node, "keeps") : [],
        };
        node.RefuseOthers();
        return rule;
    }

    private static PrefixRule Prefix(YamlMapping node, string id, string description, string type)
    {
        var prefixes = node.Texts("prefixes", "Write the beginning of the key.");
        if (prefixes.FirstOrDefault(p => p.Text.Length < 2) is { Text: not null } brief)
        {
            throw node.Bad(brief.Place, "A prefix of one character is in every text.", "Write two or more.");
        }

        var least = (int)node.Whole("least", 4, 4096);
        return new PrefixRule(
            [.. prefixes.Select(p => p.Text)],
            Choice<KeyAlphabet>(node, "then", KeyAlphabet.Alnum),
            least,
            node.Has("most") ? (int)node.Whole("most", least, 4096) : null,
            node.Has("digit") && node.Text("digit") == "true"
        )
        {
            Id = id,
            Description = description,
            Type = type,
        };
    }

    /// <param name="isOwn">A user's: whether its expression can be used is told at once.</param>
    private static PatternRule Pattern(YamlMapping node, string id, string description, string type, bool isOwn)
    {
        var near = node.Texts("near", "Write a text that every occurrence holds.");
        if (
            near.FirstOrDefault(n => n.Text.Length < (n.Text.All(char.IsAscii) ? NearLeast : 2)) is
            { Text: not null } brief
        )
        {
            throw node.Bad(
                brief.Place,
                $"'{brief.Text}' is too short.",
                $"Write at least {NearLeast} characters that every occurrence holds: the expression is tried only near them."
            );
        }

        const string remedy = "Write an expression of .NET without look-around and back-references.";
        var text = node.Text("pattern", remedy);
        if (text.Length > PatternMost)
        {
            throw node.Bad("pattern", "it is too long.", $"Write at most {PatternMost} characters.");
        }

        var rule = new PatternRule(
            [.. near.Select(n => n.Text)],
            node.Has("with")
                ? [.. Words(node, "with").Select(w => w.Replace("\\n", "\n", StringComparison.Ordinal))]
                : [],
            text,
            Choice<SecretLook>(node, "value", SecretLook.Any)
        )
        {
            Id = id,
            Description = description,
            Type = type,
        };
        try
        {
            // A test makes those of the shipped rules, so that no start of the program has to.
            _ = isOwn ? rule.UseLinear() : null;
            return rule;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw node.Bad("pattern", $"it cannot be used: {e.Message}", remedy);
        }
    }

    private static IReadOnlyList<string> Words(YamlMapping node, string key) =>
        [.. node.Texts(key, Remedy).Select(t => t.Text)];

    private static string Name(YamlMapping node, string key)
    {
        const string remedy = "Write 2 to 40 small letters, digits and hyphens, beginning with a letter.";
        var name = node.Text(key, remedy);
        return
            name.Length is >= 2 and <= 40
            && char.IsAsciiLetterLower(name[0])
            && name[^1] != '-'
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? name
            : throw node.Bad(key, $"'{name}' is no such name.", remedy);
    }

    private static T Choice<T>(YamlMapping node, string key, T otherwise)
        where T : struct, Enum
    {
        if (!node.Has(key))
        {
            return otherwise;
        }

        var names = Enum.GetNames<T>().Select(n => n.ToLower(CultureInfo.InvariantCulture)).ToList();
        var text = node.Text(key).Replace("-", "", StringComparison.Ordinal);
        var at = names.IndexOf(text);
        return at >= 0
            ? Enum.GetValues<T>()[at]
            : throw node.Bad(key, $"'{text}' is none of them.", $"Write one of {string.Join(", ", names)}.");
    }
}
