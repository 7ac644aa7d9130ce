namespace Distiller.Tests.Repeating;

internal sealed class a_golden_output_can_fail
{
    [Test]
    public void where_the_output_changes_under_the_same_version()
    {
        using var folder = new TemporaryFolder();
        Output(folder, "1", "first", 2).Check(record: true);

        Output(folder, "1", "first", 2).Check(record: false);
        Output(folder, "1", "first", 2.001).Check(record: false);
        foreach (var changed in new[] { Output(folder, "1", "second", 2), Output(folder, "1", "first", 2.01) })
        {
            var error = Should.Throw<ShouldAssertException>(() => changed.Check(record: false)).Message;
            error.ShouldContain("FoldStage.Version");
            error.ShouldContain(GoldenOutput.RecordVariable);
            Should.Throw<ShouldAssertException>(
                () => changed.Check(record: true),
                "recording is no way round a version"
            );
        }
    }

    [Test]
    public void where_a_version_rose_and_nothing_is_recorded_of_it()
    {
        using var folder = new TemporaryFolder();
        Should.Throw<ShouldAssertException>(() => Output(folder, "1", "first", 2).Check(record: false));
        Output(folder, "1", "first", 2).Check(record: true);
        Should
            .Throw<ShouldAssertException>(() => Output(folder, "2", "second", 3).Check(record: false))
            .Message.ShouldContain("FoldStage.Version");

        Output(folder, "2", "second", 3).Check(record: true);
        Output(folder, "2", "second", 3).Check(record: false);
    }

    private static GoldenOutput Output(TemporaryFolder folder, string version, string text, double number) =>
        new GoldenOutput("fold", version, "FoldStage.Version", folder.Path)
            .Json("text", new { text })
            .Numbers("number", [number]);
}
