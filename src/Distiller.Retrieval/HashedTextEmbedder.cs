using Microsoft.Extensions.AI;

namespace Distiller.Retrieval;

/// <summary>
/// An embedder without a model: words, pairs of neighbouring words, and runs of 3 to 5 characters within a word are hashed
/// into a vector of <see cref="Width"/> numbers (feature hashing with signs: Weinberger et al., "Feature Hashing for Large
/// Scale Multitask Learning", 2009). A feature counts by the square root of its occurrences; the vector has length 1, or is
/// zero for a text without words.
/// </summary>
/// <remarks>
/// The vector of a text is the same on every platform: hashes are computed on UTF-16 units, and sums and square roots are
/// correctly rounded in a fixed order. A change of the features needs a new <see cref="ModelId"/>. It knows spelling and not
/// meaning. May be used from several threads.
/// </remarks>
public sealed class HashedTextEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    public const string ModelId = "distiller-hashed-ngrams/1";

    /// <summary>Numbers in a vector.</summary>
    public const int Width = 1024;

    private const int RunMin = 3;
    private const int RunMax = 5;
    private const double WordWeight = 1;
    private const double PairWeight = 0.5;
    private const double RunWeight = 0.25;

    /// <summary>FNV-1a, 64 bit.</summary>
    private const ulong OffsetBasis = 0xcbf29ce484222325;
    private const ulong Prime = 0x100000001b3;

    /// <summary>The usage counts no tokens, since no model reads the text.</summary>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var vectors = new GeneratedEmbeddings<Embedding<float>> { Usage = new UsageDetails { InputTokenCount = 0 } };
        foreach (var text in values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            vectors.Add(new Embedding<float>(Embed(text)) { ModelId = ModelId });
        }

        return Task.FromResult(vectors);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(EmbeddingGeneratorMetadata)
            ? new EmbeddingGeneratorMetadata("distiller", defaultModelId: ModelId, defaultModelDimensions: Width)
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    /// <summary>There is nothing to free.</summary>
    public void Dispose() { }

    public static float[] Embed(string text)
    {
        var sums = new double[Width];
        foreach (var ((hash, weight), count) in Features(TextWords.Of(text)).CountBy(f => f))
        {
            var spread = Spread(hash);
            var sign = (spread & 1) == 0 ? 1 : -1;
            sums[(spread >> 1) % Width] += sign * weight * Math.Sqrt(count);
        }

        var squares = 0.0;
        foreach (var sum in sums)
        {
            squares += sum * sum;
        }

        var norm = Math.Sqrt(squares);
        return norm > 0 ? [.. sums.Select(s => (float)(s / norm))] : new float[Width];
    }

    private static IEnumerable<(ulong Hash, double Weight)> Features(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            yield return (Hash('w', words[i]), WordWeight);
            if (i > 0)
            {
                yield return (Hash('p', words[i - 1] + " " + words[i]), PairWeight);
            }

            // The marks make a run at a word's edge another one than within it.
            var marked = $"<{words[i]}>";
            for (var length = RunMin; length <= RunMax; length++)
            {
                for (var start = 0; start + length <= marked.Length; start++)
                {
                    yield return (Hash('r', marked.AsSpan(start, length)), RunWeight);
                }
            }
        }
    }

    /// <param name="kind">Keeps features of different kinds apart.</param>
    private static ulong Hash(char kind, ReadOnlySpan<char> text)
    {
        var hash = (OffsetBasis ^ kind) * Prime;
        foreach (var c in text)
        {
            hash = (hash ^ (byte)c) * Prime;
            hash = (hash ^ (byte)(c >> 8)) * Prime;
        }

        return hash;
    }

    /// <summary>The low bits of FNV-1a are weak for short texts (finalizer of MurmurHash3).</summary>
    private static ulong Spread(ulong hash)
    {
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccd;
        hash ^= hash >> 33;
        hash *= 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
