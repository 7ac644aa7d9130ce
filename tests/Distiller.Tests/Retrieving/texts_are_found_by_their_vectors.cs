using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Distiller.Edge;
using Distiller.Retrieval;
using Microsoft.Extensions.AI;

namespace Distiller.Tests.Retrieving;

internal sealed class texts_are_found_by_their_vectors
{
    [Test]
    public void the_nearest_first_whatever_the_lengths_of_the_vectors()
    {
        var index = new VectorIndex([
            new float[] { 0, 2 },
            new float[] { 3, 4 },
            new float[] { 0, 0 },
            new float[] { 5, 0 },
        ]);
        var found = index.Search([10f, 0f], 4);
        found.Select(m => m.Position).ShouldBe([3, 1, 0, 2]);
        found.Select(m => Math.Round(m.Score, 6)).ShouldBe([1, 0.6, 0, 0]);
        index.Search([0f, 1f], 1).Select(m => m.Position).ShouldBe([0]);
        Should.Throw<ArgumentException>(() => new VectorIndex([new float[2], new float[3]]));
        Should.Throw<ArgumentOutOfRangeException>(() => index.Search([0f, 1f], 0));
    }

    [Test]
    public void the_built_in_embedder_knows_spellings()
    {
        using var embedder = new HashedTextEmbedder();
        var index = new EmbeddingIndex(
            embedder,
            ["* payments disk: restart host", "* search latency: scale up", "* payments certificate: renew"]
        );
        index.Search("The disks of payments are full", 2).Best.Select(m => m.Position).ShouldBe([0, 2]);
        index.Search("certificates", 1).Best.Select(m => m.Position).ShouldBe([2]);
        index.Search("certificates", 1).EmbeddingTokens.ShouldBe(0);
    }

    [Test]
    public void a_vector_of_the_built_in_embedder_has_length_one_or_is_zero()
    {
        Norm(HashedTextEmbedder.Embed("a refund, please")).ShouldBe(1, 1e-6);
        HashedTextEmbedder.Embed("?!").ShouldAllBe(x => x == 0);
        HashedTextEmbedder.Embed("A refund PLEASE").ShouldBe(HashedTextEmbedder.Embed("a refund, please"));
    }

    /// <summary>Stored vectors carry the name: other bytes under the same name would be compared with them.</summary>
    [Test]
    public void the_built_in_embedder_gives_the_bytes_of_its_name()
    {
        HashedTextEmbedder.ModelId.ShouldBe("distiller-hashed-ngrams/1");
        var bytes = MemoryMarshal.AsBytes<float>(HashedTextEmbedder.Embed("Größe 42: the disk of web-3 is full"));
        Convert
            .ToHexStringLower(SHA256.HashData(bytes))
            .ShouldBe("64f8995c9e507823683f461ca11a3cae8ea1c5d5bda3b32c890f64de6b34917f");
    }

    [Test]
    public void a_model_counts_the_tokens_it_reads()
    {
        using var embedder = EdgeTextEmbedder.Open(SharedFiles.Path("models/minilm/all-MiniLM-L6-v2.Q8_0.gguf"));
        var index = new EmbeddingIndex(embedder, ["A kitten rests on a rug.", "Cancel the reservation."]);
        var found = index.Search("The cat sits on the mat.", 1);
        found.Best.Select(m => m.Position).ShouldBe([0]);
        // Seven words and marks between the two special tokens.
        found.EmbeddingTokens.ShouldBe(9);
        index.IndexingTokens.ShouldBeGreaterThan(found.EmbeddingTokens);
        embedder.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelId.ShouldBe("all-MiniLM-L6-v2.Q8_0");
    }

    private static double Norm(float[] vector) => Math.Sqrt(vector.Sum(x => (double)x * x));
}
