using Distiller.Scrubbing.Names;

namespace Distiller.Scrubbing;

/// <summary>
/// Secrets that were found in an episode. Where one of them comes again, nothing around it may say what it is: a command prints
/// it, or a person writes it once more.
/// </summary>
internal sealed class KnownSecrets
{
    /// <summary>Each is searched for in each text that follows, which bounds the time that takes.</summary>
    private const int CountMax = 64;
    private const int LengthLeast = 8;
    private const int RandomLeast = 16;

    private static readonly HashSet<string> s_personal = new(StringComparer.Ordinal)
    {
        "email",
        "phone",
        "iban",
        "card",
        "ssn",
        "pin",
    };

    private readonly HashSet<string> _set = new(StringComparer.Ordinal);
    private readonly List<(string Value, string Type)> _values = [];

    public void Add(ReadOnlySpan<char> value, string type)
    {
        if (
            _values.Count < CountMax
            && !s_personal.Contains(type)
            && IsUnmistakable(value)
            && _set.GetAlternateLookup<ReadOnlySpan<char>>().Add(value)
        )
        {
            _values.Add((value.ToString(), type));
        }
    }

    /// <summary>Adds where the known ones stand.</summary>
    public void Find(string text, List<SecretFinding> findings)
    {
        foreach (var (value, type) in _values)
        {
            var at = 0;
            while (text.AsSpan(at).IndexOf(value, StringComparison.Ordinal) is >= 0 and var skip)
            {
                var start = at + skip;
                at = start + value.Length;
                if (!IsWithin(text, start - 1) && !IsWithin(text, at))
                {
                    findings.Add(new SecretFinding(start, value.Length, type));
                }
            }
        }
    }

    private static bool IsWithin(string text, int at) => at >= 0 && at < text.Length && char.IsLetterOrDigit(text[at]);

    /// <summary>No word, name or version that stands elsewhere for something else.</summary>
    private static bool IsUnmistakable(ReadOnlySpan<char> value) =>
        value.Length >= LengthLeast
        && ValueLook.HasDigitAndLetter(value)
        && (!ValueLook.IsNameLike(value) || MadeWord.Of(value, isQuoted: false) == MadeLook.Strong)
        && !ValueLook.IsUuid(value)
        && (
            value.ContainsAnyInRange('A', 'Z') && value.ContainsAnyInRange('a', 'z')
            || ValueLook.IsRandom(value, RandomLeast)
        );
}
