using System.Text;

namespace Distiller.Opsdesk;

/// <summary>
/// What the scripted expert reports as its usage: one token for every four bytes of UTF-8, rounded up. No model was asked,
/// so no encoding would be truer. The number is part of every episode's id and of the shipped base's recipe: another one
/// renames the sample company's logs. Whoever has the base's tokenizer gives its count instead.
/// </summary>
public static class TokenEstimate
{
    public const int BytesPerToken = 4;

    public static int Count(string text) => (Encoding.UTF8.GetByteCount(text) + BytesPerToken - 1) / BytesPerToken;
}
