using System.Text;

namespace Distiller.Pretraining.Tokenizing;

/// <summary>
/// Finds special tokens in a text, as llama.cpp does: the longest token first, everywhere, then the next one in what
/// is left.
/// </summary>
internal sealed class SpecialTokenSplitter(IEnumerable<(int Id, SpecialToken Token)> tokens)
{
    /// <summary>Takes a piece of plain text, or an empty one and the id of a special token.</summary>
    public delegate void Piece(ReadOnlySpan<char> text, int special);

    private const int None = -1;

    private readonly (int Id, SpecialToken Token)[] _tokens =
    [
        .. tokens.OrderByDescending(t => Encoding.UTF8.GetByteCount(t.Token.Text)).ThenBy(t => t.Id),
    ];

    /// <param name="control">Whether control tokens are looked for too.</param>
    public void Split(ReadOnlySpan<char> text, bool control, Piece piece) => Split(text, 0, control, piece);

    private void Split(ReadOnlySpan<char> text, int from, bool control, Piece piece)
    {
        for (var i = from; i < _tokens.Length; i++)
        {
            var (id, (special, kind)) = _tokens[i];
            if (kind is SpecialTokenKind.Control && !control)
            {
                continue;
            }

            for (var at = text.IndexOf(special); at >= 0; at = text.IndexOf(special))
            {
                Split(text[..at], i + 1, control, piece);
                piece([], id);
                text = text[(at + special.Length)..];
            }
        }

        if (!text.IsEmpty)
        {
            piece(text, None);
        }
    }
}
