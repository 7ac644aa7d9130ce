using Distiller.Edge;

namespace Distiller.Tests.Edge;

public sealed class A_text_becomes_a_vector
{
    [Test]
    public void near_those_of_texts_that_mean_the_same()
    {
        using var model = EdgeFixtures.Load(SharedFiles.Path("models/minilm/all-MiniLM-L6-v2.Q8_0.gguf"));
        using var embedder = model.OpenEmbedder();
        embedder.Width.ShouldBe(384);
        var cat = embedder.Embed("The cat sits on the mat.");
        var kitten = embedder.Embed("A kitten rests on a rug.");
        var invoice = embedder.Embed("Cancel the reservation and refund the invoice.");
        Cosine(cat, cat).ShouldBe(1, 1e-6);
        Cosine(cat, kitten).ShouldBeGreaterThan(0.5);
        Cosine(cat, invoice).ShouldBeLessThan(0.2);
        Cosine(embedder.Embed("The cat sits on the mat."), cat).ShouldBe(1, 1e-6);
        // Far beyond the model's 512 tokens.
        embedder.Embed(string.Concat(Enumerable.Repeat("the cat sits ", 2000))).Length.ShouldBe(384);
        Should.Throw<BadInputException>(() => model.OpenSession(new EdgeSessionOptions()));
    }

    [Test]
    public void but_not_with_a_model_that_writes()
    {
        using var folder = new TemporaryFolder();
        using var model = EdgeFixtures.LoadTiny(folder);
        Should.Throw<BadInputException>(() => model.OpenEmbedder()).Reason.ShouldContain("makes no embeddings");
    }

    private static double Cosine(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();
}
