using System.Diagnostics;

namespace Distiller.Tests.Training;

/// <summary>Each in a process of its own: what is loaded once stays, and a wrong one may end the process.</summary>
internal sealed class A_libtorch_that_does_not_fit_is_refused
{
    private static readonly string[] Parts = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        Directory.CreateDirectory(Lib);
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void an_empty_folder()
    {
        var told = Refused();
        told.ShouldContain("There is no libc10.so");
        told.ShouldContain("torch/lib of a PyTorch 2.10");
    }

    [Test]
    public void one_that_does_not_tell_its_version()
    {
        WriteParts("");
        Refused().ShouldContain("neither version.py nor build-version");
    }

    [TestCase("2.11.0+cu130")]
    [TestCase("2.1.0")]
    [TestCase("1.13.0")]
    public void another_version(string version)
    {
        WriteParts("");
        File.WriteAllText(_folder["torch/version.py"], $"__version__ = '{version}'\n");
        var told = Refused();
        told.ShouldContain($"This is libtorch {version}; TorchSharp fits 2.10 alone.");
        told.ShouldContain("unset it to train on the CPU");
    }

    [Test]
    public void one_that_claims_the_right_version_and_is_no_library()
    {
        WriteParts("no library at all");
        File.WriteAllText(_folder["torch/version.py"], "__version__ = '2.10.0+cu128'\n");
        var told = Refused();
        told.ShouldContain("libc10.so");
        told.ShouldContain("It cannot be loaded");
    }

    /// <summary>The right libtorch_cpu beside another version's libc10 lacks symbols that it needs.</summary>
    [Test]
    public void one_whose_parts_do_not_belong_together()
    {
        var own = NativeFolder.Find("torch");
        foreach (var part in Parts)
        {
            // An empty but valid library in the place of libc10.
            File.Copy(Path.Combine(own, part is "libc10.so" ? "libtorch.so" : part), Path.Combine(Lib, part));
        }

        File.WriteAllText(_folder["torch/version.py"], "__version__ = '2.10.0'\n");
        Refused().ShouldContain("It cannot be loaded");
    }

    private string Lib => _folder["torch/lib"];

    private void WriteParts(string content)
    {
        foreach (var part in Parts)
        {
            File.WriteAllText(Path.Combine(Lib, part), content);
        }
    }

    private string Refused()
    {
        var start = DistillerProcess.StartInfo("doctor", "--json");
        start.Environment["DISTILLER_TORCH"] = Lib;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        process.ExitCode.ShouldBe(1, error.Result); // A signal would be 128 and more.
        return output.Result;
    }
}
