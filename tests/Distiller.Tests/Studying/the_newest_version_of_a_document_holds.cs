using Distiller.Retrieval;
using Distiller.Study;

namespace Distiller.Tests.Studying;

internal sealed class the_newest_version_of_a_document_holds
{
    private static readonly DateTimeOffset Day = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["old"] = "* payments disk: restart amber\n* search disk: restart coral\n* mail queue: purge",
        ["new"] = "* payments disk: resize azure\n* search disk: restart coral\n* login cert: renew",
        ["other"] = "* build: make\n* test: make test",
        ["plain"] = "You are helpful.",
    };

    [Test]
    public void what_followed_an_entry_that_changed_or_went_is_out_of_date()
    {
        var document = StudiedContext
            .Of(
                Texts,
                [
                    Solved("e1", "old", 1, "payments disk: restart amber"),
                    Solved("e2", "old", 1, "search disk: restart coral"),
                    Solved("e3", "old", 1, "mail queue: purge"),
                    Solved("e4", "new", 2, "payments disk: resize azure"),
                ]
            )
            .ShouldHaveSingleItem();

        document.Id.ShouldBe("new");
        document.Changed.ShouldBe(2);
        document.Outdated.Select(i => i.Value).ShouldBe(["e1", "e3"], ignoreOrder: true);
        document.Solved.Count.ShouldBe(4);
    }

    [Test]
    public void the_version_that_was_used_last_is_the_newest_whatever_the_order_of_the_logs() =>
        StudiedContext
            .Of(Texts, [Solved("e4", "new", 2, "x"), Solved("e1", "old", 3, "x"), Solved("e2", "old", 1, "x")])
            .ShouldHaveSingleItem()
            .Id.ShouldBe("old");

    [Test]
    public void documents_of_other_agents_are_documents_of_their_own() =>
        StudiedContext
            .Of(Texts, [Solved("e1", "old", 1, "x"), Solved("e2", "other", 2, "x"), Solved("e3", "plain", 3, "x")])
            .Select(d => d.Id)
            .ShouldBe(["old", "other"], ignoreOrder: true);

    private static SolvedEpisode Solved(string id, string context, int day, string answer) =>
        new(new EpisodeId(id), context, Day.AddDays(day), new PastSuccess("asked", answer), answer);
}
