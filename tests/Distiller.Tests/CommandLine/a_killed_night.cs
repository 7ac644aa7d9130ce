using System.Security.Cryptography;

namespace Distiller.Tests.CommandLine;

/// <summary>kill -9 in each stage, then the same command again: the adapter's bytes are those of a night in one piece.</summary>
internal sealed class a_killed_night
{
    private TemporaryFolder _folder = null!;
    private string _expected = null!;

    [OneTimeSetUp]
    public void RunInOnePiece()
    {
        _folder = new TemporaryFolder();
        _ = new TinyBase().Write(_folder["base.gguf"]);
        SampleLogs.Write(_folder["logs.jsonl"]);
        _expected = Finish("whole");
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    // What appears in the workspace when the stage has begun.
    [TestCase("episodes")]
    [TestCase("artifacts/.work/reduced-*")]
    [TestCase("artifacts/.work/mined-*")]
    [TestCase("artifacts/.work/adapter-*/checkpoint")]
    [TestCase("artifacts/.work/quantized-*/adapter-f16.gguf")]
    [TestCase("artifacts/.work/evaluation-*")]
    [TestCase("adapters/.publishing")]
    public void ends_with_the_same_adapter(string sign)
    {
        var home = $"killed-{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(sign)))[..8]}";
        using (var night = DistillerProcess.Start(Arguments(home)))
        {
            while (!night.HasExited && !Signs.Appear(_folder[home], sign))
            {
                Thread.Sleep(1);
            }

            night.Kill();
            // 137: killed before its end. 0 would be a night too quick to be caught in this stage.
            TestContext.Out.WriteLine($"{sign}: exit code {night.Wait().ExitCode}");
        }

        Finish(home).ShouldBe(_expected);
    }

    private string[] Arguments(string home) =>
        Night.Arguments(_folder[home], _folder["logs.jsonl"], _folder["base.gguf"]);

    /// <summary>Runs to the end and returns the hashes of both adapter files.</summary>
    private string Finish(string home)
    {
        var night = DistillerProcess.Run(Arguments(home));
        night.ExitCode.ShouldBe(0, night.ToString());
        var release = Path.Combine(_folder[home], "adapters", (string)night.Json["release"]!);
        return string.Join(
            ' ',
            new[] { "adapter-f16.gguf", "adapter-int4.gguf" }.Select(f =>
                Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(release, f))))
            )
        );
    }
}
