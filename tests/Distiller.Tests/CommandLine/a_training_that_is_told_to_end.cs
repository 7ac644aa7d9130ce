using System.Diagnostics;
using System.Security.Cryptography;

namespace Distiller.Tests.CommandLine;

/// <summary><c>distill</c> in processes of its own: ended by SIGTERM, or killed, it goes on to the same adapter.</summary>
internal sealed class a_training_that_is_told_to_end
{
    private const string Checkpoint = "artifacts/.work/adapter-*/checkpoint/checkpoint.safetensors";
    private const int KilledExitCode = 128 + 9;
    private const int Interrupted = 1;

    private TemporaryFolder _folder = null!;
    private string _expected = null!;

    [OneTimeSetUp]
    public void TrainInOnePiece()
    {
        _folder = new TemporaryFolder();
        _ = new TinyBase { Layers = 1 }.Write(_folder["base.gguf"]);
        SampleLogs.Write(_folder["logs.jsonl"]);
        DistillerProcess.Run("collect", _folder["logs.jsonl"], "--home", _folder["mined"]).ExitCode.ShouldBe(0);
        var mined = DistillerProcess.Run(
            "mine",
            "--base",
            _folder["base.gguf"],
            "--home",
            _folder["mined"],
            "--max-sequence",
            "256"
        );
        mined.ExitCode.ShouldBe(0, mined.ToString());
        _expected = Finish("whole");
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void by_a_sigterm_leaves_at_a_checkpoint()
    {
        var home = Copy("terminated");
        using var training = DistillerProcess.Start(Arguments(home));
        while (!training.HasExited && !Signs.Appear(_folder[home], Checkpoint)) { }

        Signals.Terminate(training.Id);
        var watch = Stopwatch.StartNew();
        var result = training.Wait();

        TestContext.Out.WriteLine($"it left after {watch.Elapsed.TotalSeconds:F1} s");
        result.ExitCode.ShouldBe(Interrupted, result.ToString());
        result.Error.ShouldContain("interrupted");
        Signs.Appear(_folder[home], Checkpoint).ShouldBeTrue("it was not done");
        Finish(home).ShouldBe(_expected);
    }

    /// <summary>
    /// A pass of tens of seconds, which native code does not leave: the process ends all the same, by its own exit code and not
    /// by a crash of a library that is taken away under it.
    /// </summary>
    [Test]
    public void by_a_sigterm_in_the_middle_of_a_long_pass_does_not_crash()
    {
        _ = new TinyBase
        {
            Width = 512,
            FeedForward = 2048,
            Layers = 12,
            Heads = 8,
            KvHeads = 8,
        }.Write(_folder["wide.gguf"]);
        var home = Copy("long");
        var mined = DistillerProcess.Run(
            "mine",
            "--base",
            _folder["wide.gguf"],
            "--home",
            _folder[home],
            "--max-sequence",
            "256"
        );
        mined.ExitCode.ShouldBe(0, mined.ToString());
        using var training = DistillerProcess.Start([
            "distill",
            "--base",
            _folder["wide.gguf"],
            "--home",
            _folder[home],
            "--tokens-per-step",
            "3000",
            "--tokens-per-pass",
            "3000",
            "--activation-checkpointing",
            "true",
            "--epochs",
            "100",
            "--max-train-tokens",
            "600000",
            "--threads",
            "1",
            "--precision",
            "fp32",
            "--json",
        ]);
        while (!training.HasExited && !Signs.Appear(_folder[home], "artifacts/.work/adapter-*")) { }

        Thread.Sleep(2500);
        training.HasExited.ShouldBeFalse(training.HasExited ? training.Wait().ToString() : "");
        Signals.Terminate(training.Id);
        var watch = Stopwatch.StartNew();
        var result = training.Wait();

        TestContext.Out.WriteLine($"it left after {watch.Elapsed.TotalSeconds:F1} s");
        result.ExitCode.ShouldBe(Interrupted, result.ToString());
        result.Error.ShouldContain("interrupted");
    }

    [TestCase(2, 1)]
    [TestCase(30, 2, Explicit = true, Reason = "A minute or two of processes.")]
    public void by_kills_at_random_moments_ends_with_the_same_bytes(int kills, int seed)
    {
        var home = Copy($"killed-{kills}");
        var random = new Random(seed);
        var killed = 0;
        for (var attempt = 0; killed < kills && attempt < 3 * kills; attempt++)
        {
            using var training = DistillerProcess.Start(Arguments(home));
            // From the first look at the trainer's folder on, some of it: loading, stepping or writing a checkpoint.
            while (!training.HasExited && !Signs.Appear(_folder[home], "artifacts/.work/adapter-*")) { }

            Thread.Sleep(random.Next(600, 1500));
            training.Kill();
            killed += training.Wait().ExitCode == KilledExitCode ? 1 : 0;
        }

        killed.ShouldBe(kills);
        Signs.Appear(_folder[home], "artifacts/adapter/*").ShouldBeFalse("all of them were in the training");
        Finish(home).ShouldBe(_expected);
    }

    private string[] Arguments(string home) =>
        [
            "distill",
            "--base",
            _folder["base.gguf"],
            "--home",
            _folder[home],
            "--rank",
            "8",
            "--max-train-tokens",
            "600000",
            "--epochs",
            "100",
            "--tokens-per-step",
            "512",
            "--learning-rate",
            "0.001",
            "--dropout",
            "0.1",
            "--threads",
            "1",
            "--json",
        ];

    private string Finish(string home)
    {
        if (!Directory.Exists(_folder[home]))
        {
            Copy(home);
        }

        var result = DistillerProcess.Run(Arguments(home));
        result.ExitCode.ShouldBe(0, result.ToString());
        var adapter = (string)result.Json["artifact"]!;
        return Convert.ToHexStringLower(
            SHA256.HashData(
                File.ReadAllBytes(Path.Combine(_folder[home], "artifacts", "adapter", adapter, "lora.safetensors"))
            )
        );
    }

    private string Copy(string home)
    {
        foreach (var file in Directory.GetFiles(_folder["mined"], "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(_folder[home], Path.GetRelativePath(_folder["mined"], file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        return home;
    }
}
