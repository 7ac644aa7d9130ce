namespace Distiller.Scrubbing.Names;

/// <summary>Words that were drawn from a list: none of them ties a sentence together.</summary>
internal static class DrawnWords
{
    private static readonly HashSet<string> s_ties = new(StringComparer.OrdinalIgnoreCase)
    {
        "the",
        "del",
        "della",
        "de",
        "du",
        "dem",
        "den",
        "at",
        "by",
        "in",
        "on",
        "to",
        "of",
        "as",
        "is",
        "it",
        "be",
        "if",
        "or",
        "and",
        "but",
        "for",
        "with",
        "your",
        "you",
        "not",
        "too",
        "only",
        "that",
        "this",
        "from",
        "into",
        "within",
        "when",
        "who",
        "which",
        "must",
        "should",
        "can",
        "will",
        "has",
        "have",
        "been",
        "are",
        "was",
        "than",
        "more",
        "before",
        "after",
        "one",
        "its",
        "our",
        "their",
        "them",
        "there",
        "then",
        "very",
        "also",
        "all",
        "any",
        "use",
        "wrong",
        "same",
        "least",
        "what",
        "what's",
        "how",
        "where",
        "why",
        "because",
        "while",
        "until",
        "such",
        "something",
        "long",
        "short",
        "empty",
        "der",
        "die",
        "das",
        "und",
        "oder",
        "nicht",
        "ein",
        "eine",
        "für",
        "mit",
        "von",
        "zum",
        "noch",
        "nur",
        "sehr",
        "wird",
        "wurde",
        "hat",
        "kann",
        "muss",
        "sein",
        "les",
        "une",
        "des",
        "dans",
        "pour",
        "pas",
        "trop",
        "plus",
        "avec",
        "sur",
        "par",
        "het",
        "een",
        "niet",
        "van",
        "voor",
        "att",
        "inte",
        "och",
        "som",
        "för",
    };

    /// <summary>What is said of a password that is not told.</summary>
    private static readonly HashSet<string> s_said = new(
        (
            "obrigatória obrigatório verplicht obligatorisk povinné wymagane zorunlu asked entered typed wpa wpa2 wpa3 wep fields combination pair pairs auth validation rules strength hashing requirements inputs form forms grant flow changes change rotation history attempts storage update updates expiry generation generator managers scanning fine try again please encryption protection manager policy reset field login authentication broken clean complete working down up busy haché hachée chiffré obligatória obligatório gehasht correct incorrect invalid valid missing weak strong secret public private unknown null true false optional mandatory "
            + "here there below above fine good bad okay right ready safe secure insecure different identical unique random "
            + "present absent plain plaintext hidden open known given set unset reset sent kept lost gone never always still now "
            + "nothing none anything text string sensitive static dynamic blank old new stale due first second last default mine "
            + "yours ours irrelevant important critical hash hashes input value part field base64 user case only shown written "
            + "visible required in by to on at of it we i if or as a an is be no yes per via out off up down just about over under "
            + "falsch richtig leer bekannt unbekannt abgelaufen sicher unsicher korrekt geheim nötig erforderlich notwendig "
            + "vorhanden hier dort zu im am bei auf incorrecte invalide expiré requis vide obligatoire ici dans incorrecta incorrecto "
            + "inválida requerida vacía obligatoria aquí errata sbagliata scaduta errada incorreta wrong verlopen onjuist vereist "
            + "fel ogiltig krävs forkert ugyldig påkrævet token tokens key keys password passwords code argon2 bcrypt env "
            + "environment variable vault config file files database server prompt empty safe back none already yet soon again"
        ).Split(' '),
        StringComparer.OrdinalIgnoreCase
    );

    private static readonly string[] s_endings = ["ed", "ing", "ly", "able", "ible"];

    /// <summary>Whether a word, or several, may be what a sentence tells: <c>the password is v</c>.</summary>
    public static bool MayBeTold(ReadOnlySpan<char> value)
    {
        // A phrase may hold one word that alone would say how a secret is.
        const int phraseLeast = 3;
        var left = value.Count(' ') >= phraseLeast ? 1 : 0;
        foreach (var range in value.Split(' '))
        {
            if (s_said.GetAlternateLookup<ReadOnlySpan<char>>().Contains(value[range]) && left-- == 0)
            {
                return false;
            }
        }

        return Are(value);
    }

    public static bool Are(ReadOnlySpan<char> value)
    {
        const int derivedMost = 4;
        var words = value.Count(' ') + 1;
        foreach (var range in value.Split(' '))
        {
            var word = value[range];
            if (
                s_ties.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word)
                || words <= derivedMost && word.Length > 5 && IsDerived(word)
            )
            {
                return false;
            }
        }

        return true;
    }

    /// <summary><c>stored</c>, <c>currently</c>: what is said of a thing.</summary>
    private static bool IsDerived(ReadOnlySpan<char> word)
    {
        foreach (var ending in s_endings)
        {
            if (word.EndsWith(ending, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
