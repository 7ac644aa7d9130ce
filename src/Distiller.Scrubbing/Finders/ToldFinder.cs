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

    private const int LineMost = 160;
    private const int RowsMost = 6;
    private const int KeyLeast = 20;

    public static IReadOnlyList<string> Anchors { get; } =
    [.. ToldWords.Passwords, .. ToldWords.Logins, .. ToldWords.Keys];

    /// <summary>Looks around the label here and returns where to go on.</summary>
    public int At(string text, int label, List<SecretFinding> findings)
    {
        var (password, token) = (types["told-password"], types["key-in-a-line"]);
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

        if (start > 0 && line.ContainsAny(ToldWords.WasIt))
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

    /// <summary>A part of a line.</summary>
    private readonly record struct Stretch(string Text, int Start, int End)
    {
        public bool NamesPassword =>
            ToldWords.Has(Span, ToldWords.AnyPassword) || ToldWords.Has(Span, ToldWords.AnyLogin);

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

                var namesKey = ToldWords.Has(Span, ToldWords.AnyKey);
                var isSecret = look switch
                {
                    MadeLook.Machine => (namesKey || ToldWords.Has(Span, ToldWords.AnyPassword))
                        && !IsOfSomethingElse(word.Start),
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
            return Text.AsSpan(from, at - from).ContainsAny(ToldWords.NoKeys);
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
}
