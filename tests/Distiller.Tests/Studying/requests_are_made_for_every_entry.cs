using Distiller.Retrieval;
using Distiller.Study;

namespace Distiller.Tests.Studying;

internal sealed class requests_are_made_for_every_entry
{
    private static readonly ContextDocument Document = ContextDocument.Read(
        "* payments disk: restart amber\n* search disk: restart coral\n* payroll access: grant"
    );

    private static readonly PastSuccess[] Solved =
    [
        new("The payments volume is full", "payments disk: restart amber"),
        new("No room left at payments", "payments disk: restart amber"),
        new("search ran out of space", "search disk: restart coral"),
    ];

    [Test]
    public void wordings_of_one_entry_are_asked_of_another_and_nothing_is_asked_that_was_logged()
    {
        var made = new StudyRequests(Document, Solved, []).Draw(10, 1).ToList();

        made.Where(r => r.Kind == StudyRequest.Varied)
            .Select(r => (r.Text, r.Entry.Head))
            .ShouldBe(
                [
                    ("The search volume is full", "search disk"),
                    ("No room left at search", "search disk"),
                    ("payments ran out of space", "payments disk"),
                ],
                ignoreOrder: true
            );
    }

    [Test]
    public void what_was_logged_without_a_good_answer_comes_first()
    {
        var made = new StudyRequests(Document, Solved, ["payroll needs access", "The payments volume is full"])
            .Draw(10, 1)
            .ToList();

        made.Where(r => r.Entry.Head == "payroll access")
            .Select(r => (r.Text, r.Kind))
            .ShouldBe([("payroll needs access", StudyRequest.Logged)]);
        made.ShouldNotContain(r => r.Text == "The payments volume is full");
    }

    [Test]
    public void an_entry_that_nobody_asked_for_is_asked_for_by_its_head() =>
        new StudyRequests(Document, Solved, [])
            .Draw(10, 1)
            .Where(r => r.Entry.Head == "payroll access")
            .Select(r => (r.Text, r.Kind))
            .ShouldBe([("payroll access?", StudyRequest.Question)]);

    [Test]
    public void every_entry_has_one_before_any_has_two()
    {
        var made = new StudyRequests(Document, Solved, []).Draw(10, 1).Select(r => r.Entry.Head).ToList();

        made.Take(3).ShouldBe(["payments disk", "search disk", "payroll access"]);
        new StudyRequests(Document, Solved, []).Draw(1, 1).Count().ShouldBe(3);
    }
}
