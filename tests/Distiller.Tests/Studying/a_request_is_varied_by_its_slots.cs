using Distiller.Retrieval;
using Distiller.Study;

namespace Distiller.Tests.Studying;

internal sealed class a_request_is_varied_by_its_slots
{
    [TestCase("payments disk", "search disk", "The Payments volume is full", "The Search volume is full")]
    [TestCase("payments disk", "search disk", "payments, payments!", "search, search!")]
    [TestCase("payments disk", "payments memory", "payments is slow, disk?", "payments is slow, memory?")]
    public void the_words_in_which_two_heads_differ_are_exchanged(
        string from,
        string to,
        string request,
        string varied
    ) => RequestVariations.Of(request, Entry(from), Entry(to)).ShouldBe(varied);

    [TestCase("payments disk", "search disk", "The volume is full", TestName = "the word to be exchanged is not in it")]
    [TestCase("payments disk", "search memory", "payments disk", TestName = "the heads have no word in common")]
    [TestCase("payments disk", "search big disk", "payments disk", TestName = "the heads differ in length")]
    [TestCase("payments disk", "payments disk", "payments disk", TestName = "the heads are the same")]
    [TestCase("a x a", "b x c", "a x", TestName = "one word would become two")]
    [TestCase("payments disk", "search disk", "prepayments", TestName = "a part of a word is no word")]
    public void else_nothing_is_made(string from, string to, string request) =>
        RequestVariations.Of(request, Entry(from), Entry(to)).ShouldBeNull();

    private static ContextEntry Entry(string head) => new(head, head, $"* {head}: x", "", null);
}
