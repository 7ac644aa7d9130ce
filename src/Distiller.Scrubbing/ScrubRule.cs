using System.Buffers;
using System.Text.RegularExpressions;

namespace Distiller.Scrubbing;

/// <summary>One kind of secret or personal data that is hidden: what it is, for people, and what it looks like.</summary>
public abstract record ScrubRule
{
    /// <summary>Unique; small letters, digits and hyphens.</summary>
    public required string Id { get; init; }

    /// <summary>One sentence for people; shown by <c>distiller scrub rules</c>.</summary>
    public required string Description { get; init; }

    /// <summary>What the placeholder says: <c>[TYPE-1]</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Made-up texts, see <see cref="ScrubExample"/>; what lies between the marks is hidden.</summary>
    public IReadOnlyList<string> Hides { get; init; } = [];

    /// <summary>Made-up texts that look similar and stay as they are.</summary>
    public IReadOnlyList<string> Keeps { get; init; } = [];

    /// <summary>How it is looked for, in one word.</summary>
    public abstract string Kind { get; }
}

/// <summary>A key that is recognised by how it begins.</summary>
/// <param name="Prefixes">In the case they are written.</param>
/// <param name="Alphabet">Of what follows the prefix.</param>
/// <param name="Least">Characters that follow, at least.</param>
/// <param name="Most">At most; a longer run is something else. Null: no limit.</param>
/// <param name="NeedsDigit">Whether a digit must be among them, where words could look alike.</param>
public sealed record PrefixRule(
    IReadOnlyList<string> Prefixes,
    KeyAlphabet Alphabet,
    int Least,
    int? Most,
    bool NeedsDigit
) : ScrubRule
{
    public override string Kind => "prefix";
}

/// <summary>A value that is secret by the name it is given to.</summary>
/// <param name="Names">
/// Words with blanks between them. They are found in any case, joined in any way (<c>DB_API_KEY</c>, <c>dbApiKey</c>,
/// <c>db-api-key</c>), with words before them and, where those say nothing else, behind them.
/// </param>
/// <param name="Value">What the value must look like.</param>
public sealed record NameRule(IReadOnlyList<string> Names, SecretLook Value) : ScrubRule
{
    public override string Kind => "name";
}

/// <summary>A value that a command-line tool takes as an option.</summary>
/// <param name="Commands">Names of tools, with the subcommand where only that takes it.</param>
/// <param name="Options">As written, dashes included.</param>
public sealed record CommandRule(IReadOnlyList<string> Commands, IReadOnlyList<string> Options, OptionForm Takes)
    : ScrubRule
{
    public override string Kind => "command";
}

/// <summary>What a regular expression finds near a text that every occurrence holds.</summary>
/// <param name="Near">One of these is in each occurrence, in any case; the expression is tried only around them.</param>
/// <param name="With">
/// One of these as well, in any case: where the first are in any text, this spares making and trying the expression. Empty: nothing else is needed.
/// </param>
/// <param name="Expression">Without backtracking; where it has a group <c>secret</c>, only that is hidden.</param>
/// <param name="Value">What is found must look like this, which an expression without look-around cannot say.</param>
public sealed record PatternRule(
    IReadOnlyList<string> Near,
    IReadOnlyList<string> With,
    string Expression,
    SecretLook Value
) : ScrubRule
{
    private readonly Lazy<SearchValues<string>> _with = new(() =>
        SearchValues.Create([.. With], StringComparison.OrdinalIgnoreCase)
    );

    /// <summary>From then on it pays to make the one that is quicker.</summary>
    private const int QuickMost = 300;

    private static readonly TimeSpan s_searchMax = TimeSpan.FromMilliseconds(100);

    private readonly Lazy<Regex> _quick = new(() => new Regex(Expression, Options, s_searchMax));

    private readonly Lazy<Regex> _linear = new(() => new Regex(Expression, Options | RegexOptions.NonBacktracking));

    private int _searches;

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.Multiline;

    public override string Kind => "pattern";

    /// <summary>
    /// The expression, made when a text first needs it: most logs hold none of the texts that most rules are about. The one
    /// without backtracking searches three times as fast and takes a hundred times as long to make, so the first few searches are
    /// made by the other. Both find the same.
    /// </summary>
    public Regex Pattern =>
        Volatile.Read(ref _searches) >= QuickMost || Interlocked.Increment(ref _searches) > QuickMost
            ? _linear.Value
            : _quick.Value;

    /// <summary>Finds the same in a time that is linear in the text.</summary>
    /// <exception cref="ArgumentException">The expression is none.</exception>
    /// <exception cref="NotSupportedException">It needs backtracking.</exception>
    public Regex UseLinear()
    {
        Volatile.Write(ref _searches, QuickMost);
        return _linear.Value;
    }

    /// <summary>Whether an occurrence may be in a stretch of text that holds one of <see cref="Near"/>.</summary>
    public bool MayBeIn(ReadOnlySpan<char> text) => With.Count == 0 || text.ContainsAny(_with.Value);
}

/// <summary>What a finder of the program recognises, by a check digit for example.</summary>
/// <param name="Finder">Its name; only shipped rules may name one.</param>
public sealed record FinderRule(string Finder) : ScrubRule
{
    public override string Kind => "finder";
}

/// <summary>What a value must look like to be taken for the secret that its name says it is.</summary>
public enum SecretLook
{
    /// <summary>Any literal: a password may be a word.</summary>
    Any,

    /// <summary>Letters and digits, since names and words stand there as well.</summary>
    Mixed,

    /// <summary>Long and without a word in it, since the name alone says little.</summary>
    Random,

    /// <summary>As <see cref="Random"/>, and only as a parameter of a URL or in the environment.</summary>
    Parameter,

    /// <summary>Several plain words that make no sentence, as generators of passphrases draw them.</summary>
    Phrase,

    /// <summary>A plain word, or several, none of which says how a secret is: wrong, required, stored.</summary>
    Told,
}

/// <summary>How a tool takes a secret.</summary>
public enum OptionForm
{
    /// <summary>The next word, or what follows an equals sign or a colon.</summary>
    Value,

    /// <summary>Directly behind the option, <c>-pSECRET</c>, or in the next word.</summary>
    Attached,

    /// <summary>Directly behind the option only: the next word is something else.</summary>
    AttachedOnly,

    /// <summary><c>user:SECRET</c>, with a colon, a percent sign or a comma.</summary>
    UserAndValue,

    /// <summary>The last plain word of the command.</summary>
    Last,
}

/// <summary>The characters of a key.</summary>
public enum KeyAlphabet
{
    Hex,
    Digits,
    Upper,
    Lower,
    Alnum,

    /// <summary>Letters, digits and the underscore.</summary>
    Word,

    /// <summary>Letters, digits, underscore and hyphen.</summary>
    Url,

    /// <summary>As <see cref="Url"/>, with dots.</summary>
    Dotted,

    /// <summary>Letters, digits, plus, slash, equals sign, hyphen and underscore.</summary>
    Base64,
}
