using System.Text;

namespace Distiller.Opsdesk;

/// <summary>
/// A declared estimate for logs that no tokenizer has seen: one token for every four bytes of UTF-8, rounded up. Whoever has
/// the base's tokenizer gives its count instead.
/// </summary>
public static class TokenEstimate
{
    public const int BytesPerToken = 4;

    public static int Count(string text) => (Encoding.UTF8.GetByteCount(text) + BytesPerToken - 1) / BytesPerToken;
}
