namespace Distiller.Pretraining.Tokenizing;

/// <summary>
/// Letters and numbers that Unicode 16 added: .NET knows them, llama.cpp's tables (Unicode 15.1) do not yet, and text
/// must be cut as llama.cpp cuts it. A range may hold unassigned code points, but no letter or number from before.
/// </summary>
internal static class LaterCharacters
{
    // Ascending.
    private static readonly (int First, int Last)[] Ranges =
    [
        (0x1C89, 0x1C8A),
        (0xA7CB, 0xA7CD),
        (0xA7DA, 0xA7DC),
        (0x105C0, 0x105FF),
        (0x10D40, 0x10D8F),
        (0x10EC2, 0x10EC4),
        (0x11380, 0x113FF),
        (0x116D0, 0x116E3),
        (0x11BC0, 0x11BFF),
        (0x13460, 0x143FF),
        (0x16100, 0x1613F),
        (0x16D40, 0x16D7F),
        (0x18CFF, 0x18CFF),
        (0x1CCF0, 0x1CCF9),
        (0x1E5D0, 0x1E5FF),
    ];

    public static bool Contains(int codePoint)
    {
        foreach (var (first, last) in Ranges)
        {
            if (codePoint <= last)
            {
                return codePoint >= first;
            }
        }

        return false;
    }
}
