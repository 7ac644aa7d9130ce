using Distiller.Lake;

namespace Distiller.Tests.Storing;

internal sealed class a_former_workspace_is_closed_to_others
{
    private const UnixFileMode Everything = (UnixFileMode)0b111_111_111;

    [Test]
    public void its_files_and_folders_and_itself()
    {
        using var folder = new TemporaryFolder();
        Fill(folder["home"]);

        Workspace.Open(folder["home"]).Dispose();

        Open(folder["home"]).ShouldBeEmpty();
        File.GetUnixFileMode(folder["home/artifacts/adapter/k/lora"])
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Test]
    public void but_not_what_else_lies_beside_it()
    {
        using var folder = new TemporaryFolder();
        Fill(folder["home"]);
        File.WriteAllText(folder["home/index.html"], "a page");
        File.CreateSymbolicLink(folder["home/artifacts/link"], folder["elsewhere"]);
        File.WriteAllText(folder["elsewhere"], "another's");
        foreach (var path in new[] { "home/index.html", "elsewhere" })
        {
            File.SetUnixFileMode(folder[path], Everything);
        }

        PrivateFiles.Narrow(folder["home"]);

        Open(folder["home"]).ShouldBe([folder["home"], folder["home/index.html"]]);
        File.GetUnixFileMode(folder["elsewhere"]).ShouldBe(Everything);
    }

    private static void Fill(string home)
    {
        foreach (
            var file in new[] { "episodes/parts/a.parquet", "artifacts/adapter/k/lora", "adapters/r/release.json" }
        )
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(home, file))!);
            File.WriteAllText(Path.Combine(home, file), "");
        }

        foreach (var entry in Entries(home))
        {
            File.SetUnixFileMode(entry, Everything);
        }
    }

    private static List<string> Open(string home) =>
        [
            .. Entries(home)
                .Where(e => new FileInfo(e).LinkTarget is null)
                .Where(e => (File.GetUnixFileMode(e) & (UnixFileMode)0b111_111) != 0)
                // The lock is made by this process, whose mask is the test runner's.
                .Where(e => Path.GetFileName(e) != ".lock")
                .Order(StringComparer.Ordinal),
        ];

    private static IEnumerable<string> Entries(string home) =>
        Directory.GetFileSystemEntries(home, "*", SearchOption.AllDirectories).Append(home);
}
