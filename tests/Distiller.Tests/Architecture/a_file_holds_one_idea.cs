namespace Distiller.Tests.Architecture;

internal sealed class a_file_holds_one_idea
{
    private const int LinesMax = 400;

    private static readonly string[] BuildOutputs = ["bin", "obj"];

    [TestCase("src")]
    [TestCase("jobs")]
    [TestCase("tests")]
    public void and_has_at_most_400_lines(string folder)
    {
        var root = Path.Combine(Repository.Root, folder);
        var files = Directory
            .GetFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(root, f).Split(Path.DirectorySeparatorChar).Any(BuildOutputs.Contains))
            .ToList();
        files.ShouldNotBeEmpty();
        files
            .Select(f => (File: Path.GetRelativePath(root, f), Lines: File.ReadLines(f).Count()))
            .Where(f => f.Lines > LinesMax)
            .ShouldBeEmpty();
    }
}
