using Distiller.Retrieval;

namespace Distiller.Tests.Studying;

internal sealed class a_document_is_cut_into_entries
{
    private const string Desk =
        "Work the ticket.\nTools: restart, close\nHandbook\n* payments disk: restart host=amber; close code=47\n* search disk: close code=12";

    private const string Rules = """
        # My project
        Some words about it.

        ## Build
        - **Build:** `make all`
          needs a compiler
          - and make
        - Test: `make test`

        ```sh
        # no heading
        - no item
        ```

        Never push to main.
        A second line of it.

        1. first step
        2) second step
        """;

    [Test]
    public void items_of_lists_are_entries_and_what_stands_around_them_is_the_frame()
    {
        var document = ContextDocument.Read(Desk);

        document.Entries.Select(e => e.Head).ShouldBe(["payments disk", "search disk"]);
        document.Entries[0].Text.ShouldBe("* payments disk: restart host=amber; close code=47");
        document
            .With([document.Entries[1]])
            .ShouldBe("Work the ticket.\nTools: restart, close\nHandbook\n* search disk: close code=12");
    }

    [Test]
    public void below_a_heading_paragraphs_are_entries_too()
    {
        var document = ContextDocument.Read(Rules);

        document
            .Entries.Select(e => e.Head)
            .ShouldBe([
                "Some words about it.",
                "Build",
                "Test",
                "```sh",
                "Never push to main.",
                "first step",
                "second step",
            ]);
        document.Entries[1].Text.ShouldBe("- **Build:** `make all`\n  needs a compiler\n  - and make");
        document.Entries[1].Id.ShouldBe("build/build");
    }

    [TestCase(Desk)]
    [TestCase(Rules)]
    [TestCase("")]
    [TestCase("\n\n* \n- \n#\n# \n12.\n```")]
    [TestCase("```\n* never closed\n\nx")]
    public void the_whole_document_is_the_frame_with_all_entries(string text)
    {
        var document = ContextDocument.Read(text);

        document.With(document.Entries).ShouldBe(text.ReplaceLineEndings("\n"));
    }

    [Test]
    public void an_entry_whose_head_was_there_before_stays_in_the_frame()
    {
        var document = ContextDocument.Read("* a: 1\n* a: 2\n* b: 3");

        document.Entries.Select(e => e.Text).ShouldBe(["* a: 1", "* b: 3"]);
        document.With([]).ShouldBe("* a: 2");
    }

    [Test]
    public void texts_that_share_half_of_their_entries_are_versions_of_one_document()
    {
        var document = ContextDocument.Read("* a: 1\n* b: 2\n* c: 3\n* d: 4");

        document.IsVersionOf(ContextDocument.Read("* a: 9\n* b: 9\n* x: 1\n* y: 1")).ShouldBeTrue();
        document.IsVersionOf(ContextDocument.Read("* a: 1\n* x: 1\n* y: 1\n* z: 1")).ShouldBeFalse();
        document.IsVersionOf(ContextDocument.Read("none")).ShouldBeFalse();
    }
}
