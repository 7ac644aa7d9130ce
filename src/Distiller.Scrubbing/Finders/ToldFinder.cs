using System.Buffers;
using Distiller.Scrubbing.Names;

namespace Distiller.Scrubbing.Finders;

/// <summary>
/// Secrets that people tell: a line names a kind of secret, in some language and spelling, and holds a word that no
/// language has. What stands between the two does not matter where the word is sure enough.
/// </summary>
internal sealed class ToldFinder(FinderTypes types)
{
    private const int Ahead = 64;
    private const int Behind = 110;

    private const int LabelMost = 24;
    private const int LineMost = 160;
    private const int RowsMost = 6;
    private const int KeyLeast = 20;

    /// <summary>Words that may part the name of a password from a word that things are called by, too.</summary>
    private const int TiedWordsMax = 12;

    private static readonly string[] s_passwords = Split(
        "passw|pasw|paswrd|passwrd|pass word|pass phrase|passphrase|passcode|passord|pword|kennwort|mot de passe|mdp|contraseña|"
            + "contrasena| clave |palavra-passe|parola d'ordine|senha|wachtwoord|lösenord|adgangskode|salasana|hasło|hasla|haslo|"
            + "heslo|hesla|parola|пароль|пароля|паролем|şifre|sifre|jelszó|geslo|lozinka| pw | pw:| pw,|-pw |-pw:| pwd |pw for |pw is |pw of |"
            + "enable secret|community|sudo asks|asks for| pass is |wifi|wi-fi|wlan|вайфай|와이파이|비번|비밀번호|パスワード|密码|密碼|口令"
    );

    private static readonly string[] s_logins = Split(
        "login|log in|logs in|logged in|logt in|loggt |sign in|creds|credential|zugangsdaten|anmeldedaten|identifiants|"
            + "credenciales|credenziali|root / |admin / | pass |spelling it|web ui|web interface|console:|account: |logs in as|test account|demo account|.com / |.org / |.net / "
    );

    private static readonly string[] s_keys = Split(
        "token|live key| key `|api key|api-key|apikey|appkey|api キー|secret|private key|aes key|encryption key|schlüssel|klucz|nøgle|nyckel|"
            + "chave| clé|clave|sleutel|chiave|ключ|токен|暗号化キー|密钥|mailgun"
    );

    /// <summary>What else long runs of letters and digits are.</summary>
    private static readonly SearchValues<string> s_noKeys = Any(
        Split(
            "commit|sha1|sha256|sha512|sha-|hash|digest|checksum|fingerprint|integrity|md5|public|revision|blob|etag|"
                + "image|layer|request|trace|cache|uuid|primary key|partition|foreign key|object key|key id|keyid|key_id|"
                + "key-id|thumbprint|serial|idempot|branch|HEAD|session id|toolu_|msg_|chatcmpl|encrypted|bcrypt|tokenizer|"
                + "arn:|ciphertext|csrf|nonce|-----"
        )
    );

    /// <summary>Behind the name of a password they name something else: <c>password strength: strong2</c>.</summary>
    private static readonly SearchValues<string> s_noPasswords = Any([
        "strength",
        "policy",
        "length",
        "field",
        "column",
        "manager",
        "hint",
        "rule",
        "hash",
        "version",
    ]);

    private static readonly SearchValues<string> s_anyPassword = Any(s_passwords);
    private static readonly SearchValues<string> s_anyLogin = Any(s_logins);
    private static readonly SearchValues<string> s_anyKey = Any(s_keys);
    private static readonly SearchValues<char> s_user = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.-");
    private static readonly SearchValues<string> s_wasIt = Any([
        "that was",
        "was my",
        "that's my",
        "that is my",
        "das war",
        "c'était",
    ]);

    public static IReadOnlyList<string> Anchors { get; } = [.. s_passwords, .. s_logins, .. s_keys];

    /// <summary>Looks around the label here and returns where to go on.</summary>
    public int At(string text, int label, List<SecretFinding> findings)
    {
        var (password, token) = (types["told-password"], types["told-key"]);
        var stretch = Stretch.Around(text, label);
        stretch.Look(password, token, findings);
        if (password is not null && stretch.NamesPassword)
        {
            Nearby(text, stretch, password, findings);
        }

        return Math.Max(stretch.End, label + 2);
    }

    /// <summary>The answer on the line below a question, what was typed on the line before, and the rows of a list.</summary>
    private static void Nearby(string text, Stretch stretch, string type, List<SecretFinding> findings)
    {
        var (start, end) = stretch.Line;
        var line = text.AsSpan(start, end - start).Trim();
        if (line.Length is 0 or > LineMost || !Stretch.IsText(line))
        {
            return;
        }

        if (start > 0 && line.ContainsAny(s_wasIt))
        {
            new Stretch(text, text.AsSpan(0, start - 1).LastIndexOf('\n') + 1, start - 1).LookForStrong(type, findings);
        }

        var isAsked = line[^1] == '?' || line[0] == '[';
        var rows = isAsked ? 1 : RowsMost;
        for (var i = 0; i < rows && end < text.Length; i++)
        {
            var next = end + 1;
            var stop = text.AsSpan(next).IndexOf('\n');
            end = stop < 0 ? text.Length : next + stop;
            var row = text.AsSpan(next, end - next);
            if (row.Length is 0 or > LineMost || !isAsked && row[0] is not ('*' or '-' or '・' or '•' or '>'))
            {
                break;
            }

            new Stretch(text, next, end).LookForStrong(type, findings, isAsked);
        }
    }

    private static string[] Split(string words) => words.Split('|');

    private static SearchValues<string> Any(string[] words) =>
        SearchValues.Create(words, StringComparison.OrdinalIgnoreCase);

    /// <summary>A part of a line.</summary>
    private readonly record struct Stretch(string Text, int Start, int End)
    {
        public bool NamesPassword => Span.ContainsAny(s_anyPassword) || Span.ContainsAny(s_anyLogin);

        /// <summary>The whole line it is of, if that is not too long.</summary>
        public (int Start, int End) Line
        {
            get
            {
                var from = Math.Max(0, Start - LineMost);
                var start = from + Text.AsSpan(from, Start - from).LastIndexOf('\n') + 1;
                var ahead = Text.AsSpan(End, Math.Min(LineMost, Text.Length - End)).IndexOf('\n');
                return (start, ahead < 0 ? Math.Min(Text.Length, End + LineMost) : End + ahead);
            }
        }

        private ReadOnlySpan<char> Span => Text.AsSpan(Start, End - Start);

        /// <summary>What of the label's line is near enough to it.</summary>
        public static Stretch Around(string text, int label)
        {
            var from = Math.Max(0, label - Ahead);
            var start = from + text.AsSpan(from, label - from).LastIndexOf('\n') + 1;
            while (start == from && start > 0 && start < label && !char.IsWhiteSpace(text[start - 1]))
            {
                (start, from) = (start + 1, from + 1); // Not in the middle of a word.
            }

            var ahead = text.AsSpan(label, Math.Min(Behind, text.Length - label));
            var stop = ahead.IndexOf('\n');
            var end = label + (stop < 0 ? ahead.Length : stop);
            while (stop < 0 && end > label && end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end--;
            }

            return new Stretch(text, start, end);
        }

        /// <summary>Words and blanks, as people write, and not a line of code or data.</summary>
        public static bool IsText(ReadOnlySpan<char> line)
        {
            var (words, others) = (0, 0);
            foreach (var range in line.Split(' '))
            {
                var word = line[range].Trim(".,:;!?()[]\"'`*-");
                if (word.Length == 0)
                {
                    continue;
                }

                var isWord = true;
                foreach (var c in word)
                {
                    isWord &= char.IsLetter(c) || c is '\'' or '’' or '-';
                }

                words += isWord ? 1 : 0;
                others += isWord ? 0 : 1;
            }

            return words >= 2 && words >= others;
        }

        /// <param name="isAnswer">What follows who says it is the answer.</param>
        public void LookForStrong(string type, List<SecretFinding> findings, bool isAnswer = false)
        {
            var isSaid = false;
            for (var at = Start; Next(ref at, End) is { } word; isSaid = isAnswer && Text[at - 1] == ':')
            {
                var value = Text.AsSpan(word.Start, word.Length);
                var look = MadeWord.Of(value, word.IsQuoted || word.HasBang);
                if (look == MadeLook.Strong || isSaid && look == MadeLook.Weak && word.EndsClause)
                {
                    findings.Add(new SecretFinding(word.Start, word.Length, type));
                }
            }
        }

        public void Look(string? password, string? token, List<SecretFinding> findings)
        {
            var isText = (bool?)null;
            for (var at = Start; Next(ref at, End) is { } word; )
            {
                var value = Text.AsSpan(word.Start, word.Length);
                var look = MadeWord.Of(value, word.IsQuoted || word.HasBang);
                var mayBe = look == MadeLook.None && !IsMember(at) && MadeWord.MayBeTold(value);
                if (look == MadeLook.None && !mayBe || !(isText ??= IsText(Span)))
                {
                    continue;
                }

                var namesKey = Span.ContainsAny(s_anyKey);
                var isSecret = look switch
                {
                    MadeLook.Machine => (namesKey || Span.ContainsAny(s_anyPassword)) && !IsOfSomethingElse(word.Start),
                    MadeLook.Strong => NamesPassword,
                    _ => NamesPassword
                        && Before(word) is var tie
                        && (mayBe ? tie.HoldsName(word) : tie.Holds(word, value)),
                };
                if (isSecret && (value.Length >= KeyLeast && namesKey ? token : password) is { } type)
                {
                    findings.Add(new SecretFinding(word.Start, word.Length, type));
                }
            }
        }

        private Tie Before(SpokenWord last)
        {
            var tie = new Tie(Text, Start);
            for (var at = Start; Next(ref at, last.Start) is { } word && at < last.Start; )
            {
                tie = tie.Behind(word, at);
            }

            return tie;
        }

        /// <summary>Of a JSON object: the name of what follows.</summary>
        private bool IsMember(int end) => Text[end - 1] == ':';

        private bool IsOfSomethingElse(int at)
        {
            var from = Math.Max(Start, at - Ahead);
            return Text.AsSpan(from, at - from).ContainsAny(s_noKeys);
        }

        private SpokenWord? Next(ref int at, int end)
        {
            while (at < end && char.IsWhiteSpace(Text[at]))
            {
                at++;
            }

            var start = at;
            while (at < end && !char.IsWhiteSpace(Text[at]))
            {
                at++;
            }

            return at > start ? SpokenWord.Of(Text, start, at) : null;
        }
    }

    /// <summary>How closely what comes next hangs together with the name of a password.</summary>
    /// <param name="Text">With the word before up to <paramref name="At"/>.</param>
    /// <param name="Since">Words since the name; null: none was named in this sentence.</param>
    /// <param name="IsSaid">A verb or a sign stands directly before.</param>
    /// <param name="IsAddress">An address stands directly before, or a user between quotes.</param>
    /// <param name="IsUserName">A small word stands directly before.</param>
    /// <param name="IsPair">One of these and what joins it to what follows.</param>
    private readonly record struct Tie(
        string Text,
        int At,
        int? Since = null,
        bool IsSaid = false,
        bool IsAddress = false,
        bool IsUserName = false,
        bool IsPair = false
    )
    {
        public bool Holds(SpokenWord word, ReadOnlySpan<char> value) =>
            IsPair && (value.ContainsAnyInRange('0', '9') || value.ContainsAnyInRange('A', 'Z') || word.IsQuoted)
            || Since is <= TiedWordsMax
                && (
                    word.EndsClause
                    || word.IsQuoted
                    || IsSaid
                    || Since == 0 && MadeWord.IsWordAndNumber(value)
                    || Since <= 5 && word.EndsClause && MadeWord.IsJoinedMixture(value)
                );

        /// <summary>For a word that things are called by: only where the sentence can mean nothing else.</summary>
        public bool HoldsName(SpokenWord word) =>
            IsPair && word.EndsClause
            || Since is <= TiedWordsMax && (IsSaid || word.IsQuoted) && (word.IsQuoted || word.EndsClause);

        public Tie Behind(SpokenWord word, int end)
        {
            // A name of several words ends with this one.
            var from = Math.Max(0, end - LabelMost);
            var seen = Text.AsSpan(from, Math.Min(end + 1, Text.Length) - from);
            var last = -1;
            for (
                var at = 0;
                at < seen.Length && seen[at..].IndexOfAny(s_anyPassword) is >= 0 and var skip;
                at = last + 1
            )
            {
                last = at + skip;
            }

            var raw = Text.AsSpan(At, end - At).Trim();
            var isNamed =
                last >= 0 && from + last >= At - LabelMost && !seen[last..].Contains('\n') && IsIn(raw, seen[last..]);
            var isWith = raw is "and" or "und" or "en" or "et" or "y" or "e" or "og" or "och" or "i" or "with" or "mit";
            return new Tie(
                Text,
                end,
                raw.ContainsAny(s_noPasswords) ? null
                    : isNamed ? 0
                    : word.EndsSentence ? null
                    : Since + 1,
                IsSaid: IsTie(raw) || isNamed && raw.EndsWith("s", StringComparison.Ordinal),
                IsAddress: raw.Contains('@') && raw.Contains('.')
                    || raw.Contains('=') && raw.Contains(',')
                    || word.IsQuoted && IsUser(raw),
                IsUserName: IsUser(raw),
                IsPair: raw is "/" && (IsAddress || IsUserName) || IsAddress && isWith
            );
        }

        /// <summary>A verb, or a sign, that says: what follows is it.</summary>
        private static bool IsTie(ReadOnlySpan<char> raw) =>
            SentenceVerb.IsVerb(raw)
            || raw
                is "heißt"
                    or "expects"
                    or "key"
                    or "with"
                    or "para"
                    or "naar"
                    or "till"
                    or "til"
                    or "type"
                    or "enter"
                    or "-"
                    or "–"
                    or "—"
                    or "->"
                    or "→"
            || raw.Length > 0 && raw[^1] is ':' or '=' or '：';

        /// <summary>One small word, as users are called: <c>opsview / v</c>, <c>`guest2` with `v`</c>.</summary>
        private static bool IsUser(ReadOnlySpan<char> raw)
        {
            raw = raw.Trim("`\"'(");
            return raw.Length is >= 2 and <= 24
                && !raw.ContainsAnyExcept(s_user)
                && char.IsAsciiLetterLower(raw[0])
                && !SentenceVerb.IsVerb(raw);
        }

        /// <summary>Whether the label that was seen last reaches into the word that was read last.</summary>
        private static bool IsIn(ReadOnlySpan<char> raw, ReadOnlySpan<char> label)
        {
            foreach (var name in s_passwords)
            {
                if (label.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                {
                    return label.Length - name.TrimEnd().Length <= raw.Length;
                }
            }

            return false;
        }
    }
}
