using Distiller.Retrieval;

namespace Distiller.Tests.Retrieving;

internal sealed class a_changed_entry_touches_what_asks_for_it
{
    private static readonly ContextEntry[] Entries =
    [
        Known("billing", "disk"),
        Known("billing", "login") with
        {
            Text = "billing login: the new way",
        },
        Known("search", "disk"),
        Known("search", "login"),
        Known("search", "crash") with
        {
            LearntText = null,
        },
    ];

    private static readonly PastSuccess[] Past =
    [
        .. Requests("billing", "disk", "no space left"),
        .. Requests("billing", "login", "cannot sign in"),
        .. Requests("search", "disk", "no space left"),
        .. Requests("search", "login", "cannot sign in"),
    ];

    private static readonly ChangedEntryRouter Router = new(Entries, Past);

    [TestCase("9: billing says: cannot sign in, on oak", true, Description = "its plan changed")]
    [TestCase("9: search says: cannot sign in, on oak", false, Description = "the same words, another subject")]
    [TestCase("9: billing says: no space left, on ash", false, Description = "the subject, another situation")]
    [TestCase("9: search says: exits at once, on oak", true, Description = "a new situation of a known subject")]
    [TestCase("9: search says: no space left, on maple", false, Description = "a known situation of that subject")]
    [TestCase("9: search says: no space left, on maple 4711", false, Description = "a number tells nothing")]
    public void a_request(string request, bool touched) => Router.Touches(request).ShouldBe(touched);

    [Test]
    public void nothing_is_touched_where_nothing_changed()
    {
        var same = Entries.Select(e => e with { LearntText = e.Text }).ToList();
        var router = new ChangedEntryRouter(same, Past);
        router.Touches("9: billing says: cannot sign in, on maple").ShouldBeFalse();
        router.Touches("quite another matter").ShouldBeFalse();
    }

    [Test]
    public void a_request_that_is_like_nothing_is_touched_while_anything_changed() =>
        Router.Touches("quite another matter").ShouldBeTrue();

    [Test]
    public void past_requests_belong_to_the_entry_that_the_answer_followed()
    {
        var requests = new EntryRequests(Entries, Past);
        requests.Of(Entries[0]).ShouldAllBe(r => r.Contains("billing") && r.Contains("space"));
        requests.Of(Entries[0]).Count().ShouldBe(3);
        requests.Of(Entries[4]).ShouldBeEmpty();
    }

    [Test]
    public void entries_are_chosen_by_each_method_in_the_contexts_order()
    {
        const string Request = "9: cannot sign in with search, host oak";
        Chosen(new EntrySelection(EntryMethod.Subject), Request).ShouldBe([2, 3, 4]);
        Chosen(new EntrySelection(EntryMethod.Changed), Request).ShouldBe([1, 4]);
        Chosen(new EntrySelection(EntryMethod.Bm25Head, 2), "login of search").ShouldBe([1, 3]);
        Chosen(new EntrySelection(EntryMethod.Bm25Entry, 1), "the new way").ShouldBe([1]);
        Chosen(new EntrySelection(EntryMethod.Bm25Past, 1), Request).ShouldBe([3]);
        Chosen(new EntrySelection(EntryMethod.EmbedderHead, 1), "search logins").ShouldBe([3]);
        using var embedder = new HashedTextEmbedder();
        new EntrySelector(new EntrySelection(EntryMethod.Episodes, 1), Entries, Past, embedder)
            .Select(Request)
            .Examples.ShouldHaveSingleItem()
            .Request.ShouldContain("search");
    }

    [Test]
    public void a_prompt_shows_the_nearest_those_that_are_named_and_new_ones_that_may_be_meant()
    {
        IEnumerable<int> Shown(string request) =>
            Router.Choose(request, 1).Select(e => Array.FindIndex(Entries, o => o.Id == e.Id));

        // Nobody has asked for the last one yet, whose subject is search: it may be what is meant.
        Shown("9: cannot sign in with search, host oak").ShouldBe([3, 4]);
        // A word of two heads names both; one of three heads names none.
        Shown("9: the disk of mail, host oak").ShouldBe([0, 2]);
    }

    private static IEnumerable<int> Chosen(EntrySelection selection, string request)
    {
        using var embedder = new HashedTextEmbedder();
        return new EntrySelector(selection, Entries, Past, embedder)
            .Select(request)
            .Entries.Select(e => Array.FindIndex(Entries, o => o.Id == e.Id));
    }

    private static ContextEntry Known(string subject, string condition)
    {
        var text = $"{subject} {condition}: handle {condition} at {subject}";
        return new ContextEntry($"{subject}-{condition}", $"{subject} {condition}", text, subject, text);
    }

    /// <summary>Each from another host, which tells nothing.</summary>
    private static IEnumerable<PastSuccess> Requests(string subject, string condition, string phrase) =>
        new[] { "maple", "oak", "ash" }.Select(
            (host, i) =>
                new PastSuccess($"{i}: {subject} says: {phrase}, on {host}", $"handle {condition} at {subject}")
        );
}
