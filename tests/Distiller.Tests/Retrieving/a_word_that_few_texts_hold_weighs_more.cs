using Distiller.Retrieval;

namespace Distiller.Tests.Retrieving;

/// <summary>Computed by hand from the formula: N = 3, lengths 2, 3 and 1, mean 2.</summary>
internal sealed class a_word_that_few_texts_hold_weighs_more
{
    private static readonly Bm25Index Index = new(["Disk full!", "disk, slow disk", "login"]);

    [Test]
    public void one_word()
    {
        // idf = ln(1 + 1.5 / 2.5) = 0.470004; twice in three words: 0.470004 * 2 * 2.2 / (2 + 1.2 * 1.375).
        var found = Index.Search("disk", 3).Best;
        found.Select(m => m.Position).ShouldBe([1, 0]);
        found[0].Score.ShouldBe(0.566580, 1e-6);
        found[1].Score.ShouldBe(0.470004, 1e-6);
    }

    [Test]
    public void the_words_of_a_query_add_up_and_count_once()
    {
        // idf(full) = ln(1 + 2.5 / 1.5) = 0.980829.
        var found = Index.Search("full disk disk", 3).Best;
        found.Select(m => m.Position).ShouldBe([0, 1]);
        found[0].Score.ShouldBe(0.980829 + 0.470004, 1e-6);
        found[1].Score.ShouldBe(0.566580, 1e-6);
    }

    [Test]
    public void a_text_without_a_word_of_the_query_is_no_match()
    {
        Index.Search("slow", 3).Best.Select(m => m.Position).ShouldBe([1]);
        Index.Search("nothing of it", 3).Best.ShouldBeEmpty();
        new Bm25Index([]).Search("disk", 1).Best.ShouldBeEmpty();
    }

    [Test]
    public void equal_scores_keep_the_order_of_the_texts() =>
        new Bm25Index(["a b", "c d", "b a", "a c"]).Search("a", 2).Best.Select(m => m.Position).ShouldBe([0, 2]);

    [Test]
    public void nothing_is_billed() => Index.Search("disk", 1).EmbeddingTokens.ShouldBe(0);
}
