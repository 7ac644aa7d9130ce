using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Distiller.Mining.Outcomes;

/// <summary>
/// What outcomes are told by, as data: <c>data/outcome-rules.yaml</c>, to which a user's file of the same form may add. A rule
/// of the same id replaces; patterns add up.
/// </summary>
public sealed class OutcomeRules
{
    private const string Shipped = "outcome-rules.yaml";

    private readonly IReadOnlyDictionary<PhraseKind, PhraseClass> _phrases;
    private readonly IReadOnlyDictionary<CommandKind, Regex[]> _commands;
    private readonly Regex[] _failures;

    private OutcomeRules(OutcomeRuleFile file, string hash)
    {
        _phrases = file.Phrases.ToDictionary(p => p.Key, p => new PhraseClass(p.Value));
        _commands = file.Commands.ToDictionary(
            c => c.Key,
            c => c.Value.Select(p => Compile($@"\A\s*(?:{p})")).ToArray()
        );
        _failures = [.. file.Failures.Select(Compile)];
        Rules = file.Rules;
        Hash = hash;
    }

    /// <summary>The rules that the program brings.</summary>
    public static OutcomeRules Default { get; } = Load(null);

    /// <summary>In the order in which they are asked.</summary>
    public IReadOnlyList<OutcomeRule> Rules { get; }

    /// <summary>SHA-256 over all that decides an outcome, for recipes.</summary>
    public string Hash { get; }

    /// <summary>The shipped rules and those of a file.</summary>
    /// <exception cref="BadInputException">The file is not there or not as it should be; place and remedy are named.</exception>
    public static OutcomeRules Load(string? path)
    {
        using var stream =
            typeof(OutcomeRules).Assembly.GetManifestResourceStream(Shipped)
            ?? throw new InvalidOperationException("The assembly lacks its rules.");
        using var reader = new StreamReader(stream);
        var file = Parse(reader.ReadToEnd(), Shipped);
        if (path is not null)
        {
            file = file.With(Parse(ReadText(path), path));
        }

        try
        {
            return new OutcomeRules(file, CanonicalJson.Hash(file));
        }
        catch (RegexParseException e)
        {
            throw Bad(path ?? Shipped, 0, $"A pattern is no regular expression: {e.Message}", e);
        }
    }

    /// <summary>What a message does to the work before it; null: it is a request of its own.</summary>
    public PhraseKind? PhraseOf(string message)
    {
        var text = message.Trim();
        foreach (var (kind, phrase) in _phrases.OrderBy(p => p.Key))
        {
            if (phrase.Matches(text))
            {
                return kind;
            }
        }

        return null;
    }

    /// <summary>Kinds of the commands of a line, in its order.</summary>
    public IEnumerable<CommandKind> KindsOf(string line) =>
        CommandLine
            .Commands(line)
            .SelectMany(c => _commands.Where(k => k.Value.Any(r => r.IsMatch(c))).Select(k => k.Key));

    /// <summary>Whether a command's output tells that it failed.</summary>
    public bool TellsFailure(string output) => _failures.Any(f => f.IsMatch(output));

    private static string ReadText(string path)
    {
        const long bytesMax = 1 << 20;
        try
        {
            return new FileInfo(path).Length <= bytesMax
                ? File.ReadAllText(path)
                : throw Bad(path, 0, $"The file has more than {bytesMax} bytes.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad(path, 0, $"The file cannot be read: {e.Message}", e);
        }
    }

    private static OutcomeRuleFile Parse(string yaml, string path)
    {
        try
        {
            var file =
                new DeserializerBuilder()
                    .WithNamingConvention(CamelCaseNamingConvention.Instance)
                    .WithEnumNamingConvention(CamelCaseNamingConvention.Instance)
                    .Build()
                    .Deserialize<OutcomeRuleFile?>(yaml)
                ?? new OutcomeRuleFile();
            foreach (var rule in file.Rules)
            {
                rule.Check(path);
            }

            return file;
        }
        catch (YamlException e)
        {
            throw Bad(path, e.Start.Line, e.InnerException?.Message ?? e.Message, e);
        }
    }

    internal static BadInputException Bad(string path, long line, string reason, Exception? e = null) =>
        new(new SourceLocation(path, line), reason, "Compare it with data/outcome-rules.yaml.", e);

    /// <summary>Linear in the text, whatever a user's file says.</summary>
    private static Regex Compile(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private sealed class PhraseClass(PhraseFile file)
    {
        private readonly Regex[] _patterns = [.. file.Patterns.Select(Compile)];

        public bool Matches(string text) => text.Length <= file.MaxChars && _patterns.Any(p => p.IsMatch(text));
    }
}

/// <summary>What a message does to the work before it, in the order in which it is asked.</summary>
public enum PhraseKind
{
    /// <summary>Thanks for the result, or approves it.</summary>
    Thanks,

    /// <summary>Wants it committed, pushed or merged, and so approves it.</summary>
    Ships,

    /// <summary>Says that it is not what was wanted.</summary>
    Corrects,

    /// <summary>Lets the agent go on, or answers its question.</summary>
    Continues,

    /// <summary>Asks for a little more of the same.</summary>
    Refines,
}

public enum CommandKind
{
    Tests,
    Lints,
    Builds,
    Commits,
    Pushes,
    PullRequests,
}
