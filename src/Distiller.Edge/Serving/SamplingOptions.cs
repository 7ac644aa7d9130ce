namespace Distiller.Edge.Serving;

/// <summary>How the next token is chosen.</summary>
/// <param name="Temperature">0: the most likely. Logits are divided by it.</param>
/// <param name="TopP">Of the most likely tokens, as many as together have this probability.</param>
/// <param name="TopK">At most so many of the most likely tokens; 0: all.</param>
/// <param name="Seed">The same seed, prompt and machine give the same answer; null: another one each time.</param>
public readonly record struct SamplingOptions(float Temperature, float TopP, int TopK, long? Seed)
{
    public static SamplingOptions Greedy { get; } = new(0, 1, 0, null);
}
