using System.Buffers;

namespace Distiller.Logs.Scrubbing;

/// <summary>A kind of credential that is recognised by how it begins.</summary>
/// <param name="Length">Of what follows the anchor, at least.</param>
/// <param name="NeedsDigit">Whether it must hold a digit, where words could look alike.</param>
internal sealed record TokenRule(
    string Anchor,
    string Type,
    SearchValues<char> Alphabet,
    int Length,
    bool NeedsDigit = false
);
