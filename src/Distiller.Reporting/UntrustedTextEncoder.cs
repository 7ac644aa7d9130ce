using System.Text.Encodings.Web;
using Distiller.Core;

namespace Distiller.Reporting;

/// <summary>
/// Encodes every text and attribute of the page: Razor's own encoder, after <see cref="UntrustedText.Visible"/>. It stands
/// in the renderer and not at each place that shows text, so that a log's text is not trusted by being forgotten.
/// </summary>
internal sealed class UntrustedTextEncoder : HtmlEncoder
{
    public override int MaxOutputCharactersPerInputCharacter => Default.MaxOutputCharactersPerInputCharacter;

    public override string Encode(string value) => UntrustedText.Encode(value);

    public override void Encode(TextWriter output, string value, int startIndex, int characterCount) =>
        output.Write(UntrustedText.Encode(value.Substring(startIndex, characterCount)));

    public override void Encode(TextWriter output, char[] value, int startIndex, int characterCount) =>
        output.Write(UntrustedText.Encode(new string(value, startIndex, characterCount)));

    public override bool WillEncode(int unicodeScalar) => Default.WillEncode(unicodeScalar);

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength) =>
        Default.FindFirstCharacterToEncode(text, textLength);

    public override unsafe bool TryEncodeUnicodeScalar(
        int unicodeScalar,
        char* buffer,
        int bufferLength,
        out int numberOfCharactersWritten
    ) => Default.TryEncodeUnicodeScalar(unicodeScalar, buffer, bufferLength, out numberOfCharactersWritten);
}
