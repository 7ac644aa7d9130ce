using System.Buffers;

namespace Distiller.Scrubbing.Finders;

/// <summary>The words by which a line is known to speak of a secret, in some languages and spellings.</summary>
internal static class ToldWords
{
    public static readonly string[] Passwords = Split(
        "passw|pasw|paswrd|passwrd|pass word|pass phrase|passphrase|passcode|passord|pword|kennwort|mot de passe|mdp|contraseña|"
            + "contrasena| clave |palavra-passe|parola d'ordine|senha|wachtwoord|lösenord|adgangskode|salasana|hasło|hasla|haslo|"
            + "heslo|hesla|parola|пароль|пароля|паролем|şifre|sifre|jelszó|geslo|lozinka| pw | pw:| pw,|-pw |-pw:| pwd |pw for |pw is |pw of |pwd for |pwd is |"
            + "enable secret|community|sudo asks|asks for| pass is |wifi|wi-fi|wlan|вайфай|와이파이|비번|비밀번호|パスワード|密码|密碼|口令"
    );

    public static readonly string[] Logins = Split(
        "login|log in|logging in|log on|logs on|signing in|signed in|logs in|logged in|logt in|loggt |sign in|creds|credential|zugangsdaten|anmeldedaten|identifiants|"
            + "credenciales|credenziali|root / |admin / | pass |spelling it|web ui|web interface|console:|account: |logs in as|test account|demo account|.com / |.org / |.net / "
    );

    public static readonly string[] Keys = Split(
        "token|live key|right key|correct key|new key|our key|key for | key `|api key|api-key|apikey|appkey|api キー|secret|private key|aes key|encryption key|schlüssel|klucz|nøgle|nyckel|"
            + "chave| clé|clave|sleutel|chiave|ключ|токен|暗号化キー|密钥|mailgun"
    );

    /// <summary>What else long runs of letters and digits are.</summary>
    public static readonly SearchValues<string> NoKeys = Any(
        Split(
            "commit|sha1|sha256|sha512|sha-|hash|digest|checksum|fingerprint|integrity|md5|public|revision|blob|etag|"
                + "image|layer|request|trace|cache|uuid|primary key|partition|foreign key|object key|key id|keyid|key_id|"
                + "key-id|thumbprint|serial|idempot|branch|HEAD|session id|toolu_|msg_|chatcmpl|encrypted|bcrypt|tokenizer|"
                + "arn:|ciphertext|csrf|nonce|-----"
        )
    );

    /// <summary>Behind the name of a password they name something else: <c>password strength: strong2</c>.</summary>
    public static readonly SearchValues<string> NoPasswords = Any([
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

    public static readonly SearchValues<string> AnyPassword = Any(Passwords);
    public static readonly SearchValues<string> AnyLogin = Any(Logins);
    public static readonly SearchValues<string> AnyKey = Any(Keys);
    public static readonly SearchValues<char> User = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.-");
    public static readonly SearchValues<string> WasIt = Any([
        "that was",
        "was my",
        "that's my",
        "that is my",
        "das war",
        "c'était",
    ]);

    /// <summary>Whether one of the words is there, and not as a part of a placeholder.</summary>
    public static bool Has(ReadOnlySpan<char> text, SearchValues<string> words)
    {
        for (var at = 0; at < text.Length && text[at..].IndexOfAny(words) is >= 0 and var skip; at += skip + 1)
        {
            if (!IsPlaceholder(text, at + skip))
            {
                return true;
            }
        }

        return false;
    }

    public static bool IsPlaceholder(ReadOnlySpan<char> text, int at) =>
        at > 0 && text[at - 1] == '[' && Placeholders.Begins(text[(at - 1)..]);

    private static string[] Split(string words) => words.Split('|');

    private static SearchValues<string> Any(string[] words) =>
        SearchValues.Create(words, StringComparison.OrdinalIgnoreCase);
}
