namespace Distiller.Edge;

public sealed record EdgeSessionOptions
{
    /// <summary>Tokens the cache can hold; at most what the model was trained for. 0: that, but no more than 4096.</summary>
    public int ContextTokens { get; init; }

    /// <summary>Tokens evaluated in one go, 1 to 8192.</summary>
    public int BatchTokens { get; init; } = 512;

    /// <summary>0: the model's <see cref="EdgeModelOptions.Threads"/>.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Keeps the cache in F32 and does without flash attention: agrees with a float implementation to about 1e-5 in
    /// single logits, where llama.cpp's defaults (F16, fused) differ by about 1e-3.
    /// </summary>
    public bool Exact { get; init; }
}
