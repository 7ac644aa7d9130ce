namespace Distiller.Logs.Scrubbing;

/// <summary>A stretch of text that must not be stored.</summary>
/// <param name="Type">What the placeholder says it was, for example <c>email</c>.</param>
internal readonly record struct SecretFinding(int Start, int Length, string Type)
{
    public int End => Start + Length;
}
