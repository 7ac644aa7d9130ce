using Distiller.Pretraining;
using Distiller.Training.Torch;

namespace Distiller.Tests.Pretraining;

internal sealed class An_interrupted_pretraining_ends_with_the_same_bytes
{
    private const int StopAt = 12;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void when_it_was_cancelled_and_resumed()
    {
        var whole = Train("whole");
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() =>
            Train("cut", new AtStep(StopAt, cancel.Cancel), cancellation: cancel.Token)
        );

        var resumed = Train("cut");
        resumed.ResumedFrom.ShouldBe(StopAt, "the steps done when it was cancelled are kept");
        ShouldBeTheSame(resumed, whole);
    }

    [Test]
    public void when_it_died_between_checkpoints()
    {
        var whole = Train("whole");
        whole.TopRung.ShouldBeGreaterThan(0, "else nothing of the ladder is restored");
        Should.Throw<TimeoutException>(() => Train("cut", new AtStep(StopAt, () => throw new TimeoutException())));

        var resumed = Train("cut");
        resumed.ResumedFrom.ShouldBe(7, "the last checkpoint was after seven steps");
        ShouldBeTheSame(resumed, whole);
    }

    [Test]
    public void when_its_time_was_up_again_and_again()
    {
        var whole = Train("whole");
        var runs = 0;
        PretrainingResult part;
        do
        {
            part = Train("cut", limit: TimeSpan.FromSeconds(60), time: new Clock());
            runs++;
        } while (!part.IsFinished && runs < 100);

        runs.ShouldBeInRange(3, 20);
        part.ResumedFrom.ShouldBeGreaterThan(0);
        ShouldBeTheSame(part, whole);
    }

    [Test]
    public void and_a_finished_one_gives_its_result_without_training_again()
    {
        var whole = Train("whole");
        var steps = 0;
        var again = Train("whole", new AtStep(0, () => steps++));
        steps.ShouldBe(0);
        again.ResumedFrom.ShouldBe(whole.Curve.Count);
        ShouldBeTheSame(again, whole, "whole");
    }

    [Test]
    public void but_another_seed_ends_elsewhere() =>
        Train("other", options: Toy.Options with { Seed = 4 }).Curve.ShouldNotBe(Train("whole").Curve);

    [Test]
    public void a_longer_budget_is_taken_until_the_rates_fall()
    {
        var options = Toy.Options with { Steps = 40 };
        var whole = Train("whole", options: options with { Steps = 60 });
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() =>
            Train("cut", new AtStep(StopAt, cancel.Cancel), options, cancellation: cancel.Token)
        );
        ShouldBeTheSame(Train("cut", options: options with { Steps = 60 }), whole);

        Should
            .Throw<BadInputException>(() => Train("cut", options: options with { Steps = 90 }))
            .Message.ShouldContain("learning rates");
    }

    [Test]
    public void a_checkpoint_of_other_settings_or_start_is_refused()
    {
        Train("cut");
        var refusals = new[]
        {
            Should.Throw<BadInputException>(() => Train("cut", options: Toy.Options with { MuonRate = 1e-4 })),
            Should.Throw<BadInputException>(() => Train("cut", start: new RandomStart(2))),
        };
        refusals.ShouldAllBe(r => r.Place.File.EndsWith("checkpoint.safetensors", StringComparison.Ordinal));
        Train("cut", options: Toy.Options with { CheckpointEverySteps = 9 }).ResumedFrom.ShouldBeGreaterThan(0);
    }

    [Test]
    public void a_damaged_checkpoint_is_refused_with_its_name()
    {
        Train("cut");
        var path = Path.Combine(_folder["cut"], "checkpoint.safetensors");
        var bytes = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 7, 100, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(path, bytes[..length]);
            Should.Throw<BadInputException>(() => Train("cut")).Message.ShouldContain("checkpoint.safetensors");
        }
    }

    [Test]
    public void no_native_tensor_and_no_file_but_the_checkpoint_is_left()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = TorchInfo.LiveTensors;
        var counts = new List<long>();
        Train("cut", new AtStep(0, () => counts.Add(TorchInfo.LiveTensors)));
        counts.Count.ShouldBe(60);
        counts.Distinct().Count().ShouldBe(1);
        TorchInfo.LiveTensors.ShouldBe(before);
        Directory.GetFiles(_folder["cut"]).Select(Path.GetFileName).ShouldBe(["checkpoint.safetensors"]);
    }

    private PretrainingResult Train(
        string folder,
        IProgress<StageProgress>? progress = null,
        PretrainingOptions? options = null,
        IStart? start = null,
        TimeSpan? limit = null,
        TimeProvider? time = null,
        CancellationToken cancellation = default
    ) =>
        Toy.Train(
            _folder[folder],
            options,
            start: start,
            limit: limit,
            progress: progress,
            time: time,
            cancellation: cancellation
        );

    private void ShouldBeTheSame(PretrainingResult ours, PretrainingResult theirs, string folder = "cut")
    {
        ours.IsFinished.ShouldBeTrue();
        ours.Curve.ShouldBe(theirs.Curve);
        ours.TopRung.ShouldBe(theirs.TopRung);
        foreach (var (name, values) in theirs.Weights)
        {
            ours.Weights[name].ShouldBe(values, name);
        }

        File.ReadAllBytes(Path.Combine(_folder[folder], "checkpoint.safetensors"))
            .ShouldBe(File.ReadAllBytes(Path.Combine(_folder["whole"], "checkpoint.safetensors")));
    }

    private sealed class AtStep(int step, Action act) : IProgress<StageProgress>
    {
        private int _seen;

        public void Report(StageProgress value)
        {
            _seen++;
            if (_seen == step || step == 0)
            {
                act();
            }
        }
    }

    /// <summary>A second passes whenever it is looked at.</summary>
    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _now++;
    }
}
