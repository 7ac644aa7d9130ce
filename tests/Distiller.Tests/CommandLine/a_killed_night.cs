using System.Security.Cryptography;

namespace Distiller.Tests.CommandLine;

/// <summary>kill -9 in each stage, then the same command again: the adapter's bytes are those of a night in one piece.</summary>
internal sealed class a_killed_night
{
    private const int KilledExitCode = 128 + 9; // SIGKILL
    private const int AttemptsMax = 5;

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
        var home = Killed(sign);

        Finish(home).ShouldBe(_expected);
    }

    /// <summary>The home of a night that was killed when the sign appeared; one that was too quick is tried again.</summary>
    private string Killed(string sign)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(sign)))[..8];
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var home = $"killed-{name}-{attempt}";
            using var night = DistillerProcess.Start(Arguments(home));
            var seen = false;
            while (!seen && !night.HasExited)
            {
                seen = Signs.Appear(_folder[home], sign);
            }

            night.Kill();
            var exitCode = night.Wait().ExitCode;
            TestContext.Out.WriteLine($"{sign}: exit code {exitCode}");
            if (seen && exitCode == KilledExitCode)
            {
                return home;
            }
        }

        throw new AssertionException($"{AttemptsMax} nights ended before {sign} was seen: nothing was killed.");
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
