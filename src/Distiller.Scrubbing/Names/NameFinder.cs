namespace Distiller.Scrubbing.Names;

/// <summary>
/// Values that are secret by the name they are assigned to, in whatever language: <c>password = "…"</c>, <c>DB_PASSWORD=…</c>,
/// <c>"apiKey": "…"</c>, <c>--token …</c>, <c>&lt;password&gt;…&lt;/password&gt;</c>, <c>the password is …</c>.
/// </summary>
internal sealed class NameFinder
{
    private const int NameMax = 64;
    private const int WordsBefore = 2;

    /// <summary>Nothing but its place ties the value to its name.</summary>
    private static readonly Sign s_sentence = new(SignKind.Sentence, 0, IsSpaced: true);

    private readonly SecretNames _names;
    private readonly NamedValue _values;

    public NameFinder(ScrubRuleSet set)
    {
        _names = new SecretNames(set);
        _values = new NamedValue(set);
    }

    /// <summary>A word of every name.</summary>
    public IReadOnlyList<string> Anchors => _names.Anchors;

    /// <summary>Looks at the identifier that the anchor here belongs to and returns where to go on.</summary>
    /// <param name="from">Up to where identifiers were looked at before.</param>
    public int At(string text, int at, int from, List<SecretFinding> findings)
    {
        var start = at;
        while (start > from && at - start < NameMax && IsNamePart(text[start - 1]))
        {
            start--;
        }

        var end = at;
        while (end < text.Length && end - at < NameMax && IsNamePart(text[end]))
        {
            end++;
        }

        var found = findings.Count;
        var next = Math.Max(end, Math.Max(Look(text, start, end, findings), at + 1));
        if (findings.Count == found && EastAsian.Is(text[at]))
        {
            LookWithoutBlanks(text, at, findings);
        }

        return next;
    }

    private void LookWithoutBlanks(string text, int at, List<SecretFinding> findings)
    {
        foreach (var end in EastAsian.Ends(text, at))
        {
            if (_names.Find(text.AsSpan(at, end - at)) is { } name)
            {
                if (
                    EastAsian.Value(text, end) is { } value
                    && Fits(name, new NamePlace(text, at, end, at, IsFlag: false), s_sentence, value)
                )
                {
                    findings.Add(new SecretFinding(value.Start, value.Length, name.Rule.Type));
                }

                return;
            }
        }
    }

    /// <summary>The type of secret that a JSON member of this name holds; null where the value looks harmless.</summary>
    public string? TypeOfMember(string member, string value)
    {
        if (member.Length is 0 or > 2 * NameMax || _names.Find(member) is not { } name)
        {
            return null;
        }

        var upper = !member.AsSpan().ContainsAnyInRange('a', 'z');
        return _values.IsSecret(name, value, upper ? ValueStyle.Environment : ValueStyle.Quoted)
            ? name.Rule.Type
            : null;
    }

    /// <summary>Looks at one identifier and returns where to go on.</summary>
    private int Look(string text, int start, int end, List<SecretFinding> findings)
    {
        var dashes = start;
        while (start < end && text[start] is '-' or '.')
        {
            start++;
        }

        var isFlag = start > dashes && text[start - 1] == '-' || IsSlashFlag(text, start, end);
        while (end > start && text[end - 1] is '-' or '.')
        {
            end--;
        }

        if (start == end)
        {
            return end;
        }

        if (Spoken.Before(text, start) is { } spoken && _names.Find(text.AsSpan(start, end - start)) is { } named)
        {
            if (
                named.Rule.Value == SecretLook.Any
                && _values.IsSecret(named, text.AsSpan(spoken.Start, spoken.Length), ValueStyle.Prose)
            )
            {
                findings.Add(new SecretFinding(spoken.Start, spoken.Length, named.Rule.Type));
                return end;
            }
        }

        var sign = Sign.Behind(new NamePlace(text, start, end, start, isFlag));
        if (sign.Kind == SignKind.None && !MayStandApart(text, start, end))
        {
            return end;
        }

        var words = start;
        for (var i = 0; i < WordsBefore && !isFlag; i++)
        {
            words = WordBefore(text, words);
        }

        var place = new NamePlace(text, start, end, words, isFlag);

        if (_names.Find(text.AsSpan(words, end - words)) is not { } name)
        {
            return end;
        }

        if (sign.Kind != SignKind.None)
        {
            foreach (var candidate in ValueReader.Read(place, sign))
            {
                if (Fits(name, place, sign, candidate))
                {
                    findings.Add(new SecretFinding(candidate.Start, candidate.Length, name.Rule.Type));
                    end = candidate.Start + candidate.Length;
                    var other =
                        sign.Kind == SignKind.Sentence ? ValuesApart.Former(place) : ValuesApart.Next(text, end);
                    if (other is { } one && Fits(name, place, s_sentence, one))
                    {
                        findings.Add(new SecretFinding(one.Start, one.Length, name.Rule.Type));
                        end = Math.Max(end, one.Start + one.Length);
                    }

                    return end;
                }
            }
        }

        foreach (var candidate in ValuesApart.Of(place))
        {
            if (Fits(name, place, s_sentence, candidate))
            {
                findings.Add(new SecretFinding(candidate.Start, candidate.Length, name.Rule.Type));
            }
        }

        return end;
    }

    /// <summary>Whether what stands behind a name ends its line, its cell, its element or its quotes.</summary>
    private static bool MayStandApart(string text, int start, int end) =>
        end < text.Length
        && (
            text[end] is not (' ' or '(' or '=')
            || end + 1 < text.Length && text[end + 1] is '|'
            || start > 0 && text[start - 1] == '<'
            || text[end] == ' ' && end + 1 < text.Length && text[end + 1] is '{' or '?'
            || text[end] == ' ' && text.AsSpan(end).TrimStart(' ') is ['\n' or '|', ..]
        );

    private bool Fits(SecretName name, NamePlace place, Sign sign, ValuePlace candidate)
    {
        var value = place.Text.AsSpan(candidate.Start, candidate.Length);
        if (
            candidate.NeedsMixed
            && !(
                ValueLook.HasDigitAndLetter(value)
                && (
                    !ValueLook.IsNameLike(value)
                    || name.Rule.Value == SecretLook.Any && ValueLook.IsJoinedPassword(value)
                )
            )
            && !(
                name.Rule.Value == SecretLook.Any
                && candidate.Style == ValueStyle.Quoted
                && (MadeWord.Of(value, isQuoted: true) != MadeLook.None || candidate.IsCell && _values.MayBeTold(value))
            )
        )
        {
            return false;
        }

        if ((place.IsFlag || sign.Kind == SignKind.Blank) && value.StartsWith("--"))
        {
            return false; // Another flag: this one takes no value.
        }

        // - [ ] add secret scanning to CI
        if (
            sign.Kind == SignKind.Blank
            && !place.IsFlag
            && !place.IsUpper
            && !value.ContainsAnyExceptInRange('a', 'z')
            && place.Text.AsSpan(candidate.Start + candidate.Length).StartsWith(" ")
        )
        {
            return false;
        }

        if (IsResource(place) || sign.Kind == SignKind.Cell && IsTemplate(place) || IsFingerprint(place))
        {
            return false;
        }

        if (IsSameName(place, value) || sign.Kind is SignKind.Sentence && IsPath(place.Text, place.Start))
        {
            return false;
        }

        // A comparison, a pair in a list or a call with a name as its argument is the rule's only with a literal.
        if (sign.Kind == SignKind.Sentence && name.Rule.Value == SecretLook.Random)
        {
            return false;
        }

        var style = candidate.Style;
        if (style == ValueStyle.Quoted && place.IsUpper && name.Rule.Value != SecretLook.Any && !value.Contains(' '))
        {
            style = ValueStyle.Environment;
        }

        // "pass" may be what a test did: pass test_login_2.
        var isPw = place.End - place.Start == "pw".Length;
        if (
            name.IsBrief
            && sign.Kind is SignKind.Colon or SignKind.Sentence
            && !(candidate.Style == ValueStyle.Quoted && MadeWord.Of(value, isQuoted: true) != MadeLook.None)
            && (
                place.IsUpper
                || !ValueLook.HasDigitAndLetter(value)
                || !isPw && value.ContainsAny('/', '_') && !ValueLook.IsCapitalJoined(value)
            )
        )
        {
            return false;
        }

        if (name.IsBrief && place.IsUpper && !ValueLook.HasLetter(value))
        {
            return false; // PASS=120 FAIL=3
        }

        if (
            candidate.IsWholeLine && (name.IsBrief || name.HasTail || !ValueLook.HasLetter(value))
            || candidate.IsWholeLine
                && (
                    name.Rule.Value != SecretLook.Any
                    || _values.IsProse(value, isSetting: sign.Kind == SignKind.Equal && !sign.IsSpaced)
                )
        )
        {
            return false;
        }

        return _values.IsSecret(name, value, style);
    }

    private static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c is '_' or '-' or '.';

    /// <summary><c>/password:x</c>, as Windows writes flags.</summary>
    private static bool IsSlashFlag(string text, int start, int end) =>
        start > 1
        && text[start - 1] == '/'
        && text[start - 2] is ' ' or '\t'
        && end < text.Length
        && text[end] is ':' or '=';

    /// <summary><c>~/.ssh/deploy_key user@host</c>: the name of a file, and what follows is another word of the command.</summary>
    private static bool IsPath(string text, int start)
    {
        if (start < 2 || text[start - 1] != '/')
        {
            return false;
        }

        var at = start - 1;
        while (at > 0 && start - at < NameMax && !char.IsWhiteSpace(text[at - 1]))
        {
            at--;
        }

        return text[at] is '/' or '~' or '.' or '"' or '\'' && !IsStored(text.AsSpan(0, at).TrimEnd());
    }

    /// <summary><c>etcdctl put /shop/db_password v</c>: the path is a key, and its value follows.</summary>
    private static bool IsStored(ReadOnlySpan<char> before) =>
        before.EndsWith(" put") || before.EndsWith(" set") || before.EndsWith(" create");

    /// <summary><c>self.token = config.token</c>: the same name somewhere else.</summary>
    private static bool IsSameName(NamePlace place, ReadOnlySpan<char> value)
    {
        var name = place.Text.AsSpan(place.Start, place.End - place.Start);
        name = name[(name.LastIndexOf('.') + 1)..];
        var dot = value.LastIndexOf('.');
        return dot > 0 && value[(dot + 1)..].TrimEnd(";,)").Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary><c>arn:aws:secretsmanager:region:account:secret:prod/db</c>: the name of a secret.</summary>
    private static bool IsResource(NamePlace place)
    {
        var from = Math.Max(0, place.Start - NameMax);
        var head = place.Text.AsSpan(from, place.Start - from);
        return head.EndsWith(":") && head[(head.LastIndexOfAny(" \n\"'") + 1)..].StartsWith("arn:");
    }

    /// <summary><c>{{ .Values.password | quote }}</c>: a filter, and no cell.</summary>
    private static bool IsTemplate(NamePlace place)
    {
        var from = Math.Max(0, place.Start - NameMax);
        var head = place.Text.AsSpan(from, place.Start - from);
        return head.LastIndexOf("{{") > head.LastIndexOf("}}");
    }

    /// <summary>What gpg says of a signature: <c>using RSA key …</c>.</summary>
    private static bool IsFingerprint(NamePlace place) =>
        place.Text.AsSpan(place.First, place.End - place.First) is "using RSA key" or "using DSA key";

    /// <summary>Where the word begins that one blank parts from what stands here; here where there is none.</summary>
    private static int WordBefore(string text, int start)
    {
        if (start < 2 || text[start - 1] != ' ' || !char.IsLetter(text[start - 2]))
        {
            return start;
        }

        var at = start - 1;
        while (at > 0 && start - at < 16 && (char.IsLetter(text[at - 1]) || text[at - 1] is '-'))
        {
            at--;
        }

        return at > 0 && char.IsLetterOrDigit(text[at - 1]) ? start : at;
    }
}
