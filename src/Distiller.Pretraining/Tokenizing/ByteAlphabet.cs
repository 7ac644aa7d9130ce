namespace Distiller.Pretraining.Tokenizing;

/// <summary>
/// GPT-2's alphabet: every byte is written as one printable character. Printable bytes of Latin-1 stand for
/// themselves, the others for U+0100 and up, in order (<c>bytes_to_unicode</c> of Radford et al. 2019).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Letters = MakeLetters();
    private static readonly Dictionary<char, byte> Bytes = Letters
        .Select((c, b) => (c, b))
        .ToDictionary(p => p.c, p => (byte)p.b);

    public static string Spell(byte value) => Letters[value].ToString();

    public static bool TryGetByte(char letter, out byte value) => Bytes.TryGetValue(letter, out value);

    /// <summary>The bytes of a token written in this alphabet.</summary>
    /// <exception cref="ArgumentException">A character is not in the alphabet.</exception>
    public static byte[] Read(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            if (!TryGetByte(token[i], out bytes[i]))
            {
                throw new ArgumentException($"'{token}' is not written in the alphabet of bytes.", nameof(token));
            }
        }

        return bytes;
    }

    private static char[] MakeLetters()
    {
        var letters = new char[256];
        var next = '\u0100';
        for (var b = 0; b < 256; b++)
        {
            var printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            letters[b] = printable ? (char)b : next++;
        }

        return letters;
    }
}
