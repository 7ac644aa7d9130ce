namespace Distiller.Mining.Reducing;

/// <summary>What became of one tool output.</summary>
/// <param name="Reducer">Name of the reducer that did it; <see cref="Unchanged"/> where none did.</param>
public sealed record Reduction(string Reducer, int TokensBefore, int TokensAfter)
{
    public const string Unchanged = "unchanged";
}
