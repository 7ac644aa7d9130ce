using System.Diagnostics;
using Distiller.Lake;

namespace Distiller.Tests.Storing;

internal sealed class a_workspace_has_one_writer
{
    [Test]
    public void a_second_opener_is_told_who_holds_it()
    {
        using var folder = new TemporaryFolder();
        using (Workspace.Open(folder["home"]))
        {
            var error = Should.Throw<BadInputException>(() => Workspace.Open(folder["home"]));
            error.Message.ShouldContain($"in use by process {Environment.ProcessId} started");
            using var reader = Workspace.OpenReadOnly(folder["home"]);
            reader.Episodes.Count().Episodes.ShouldBe(0);
        }

        using var again = Workspace.Open(folder["home"]);
    }

    [Test]
    public void a_killed_holder_lets_go()
    {
        using var folder = new TemporaryFolder();
        Workspace.Open(folder["home"]).Dispose();
        File.WriteAllText(folder["home/.lock-holder"], "process 4711 started before");
        using var holder = StartFlock(folder["home/.lock"]);
        try
        {
            Should.Throw<BadInputException>(() => Workspace.Open(folder["home"])).Message.ShouldContain("4711");
        }
        finally
        {
            holder.Kill(entireProcessTree: true);
            holder.WaitForExit();
        }

        using var again = Workspace.Open(folder["home"]);
    }

    [Test]
    public void a_folder_that_cannot_be_made_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");
        Should
            .Throw<BadInputException>(() => Workspace.Open(folder["file/home"]))
            .Message.ShouldContain(folder["file/home"]);
        Should.Throw<BadInputException>(() => Workspace.OpenReadOnly(folder["absent"]));
    }

    [Test]
    public void a_reader_cannot_write()
    {
        using var folder = new TemporaryFolder();
        Workspace.Open(folder["home"]).Dispose();
        using var reader = Workspace.OpenReadOnly(folder["home"]);
        Should.Throw<InvalidOperationException>(reader.Episodes.BeginBatch);
        Should.Throw<InvalidOperationException>(reader.Quarantine.BeginBatch);
    }

    /// <summary>Another process takes the lock the way the system's own tool does.</summary>
    private static Process StartFlock(string path)
    {
        if (!File.Exists("/usr/bin/flock"))
        {
            Assert.Ignore("The flock program is not here.");
        }

        var process = Process.Start(
            new ProcessStartInfo("/usr/bin/flock", ["--no-fork", path, "sh", "-c", "echo held; exec sleep 60"])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        process.StandardOutput.ReadLine().ShouldBe("held");
        return process;
    }
}
