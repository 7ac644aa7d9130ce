using Distiller.Training.Distilling;
using Distiller.Training.Lora;
using Distiller.Training.Model;

namespace Distiller.Tests.Training;

internal sealed class An_interrupted_run_ends_with_the_same_bytes
{
    private const int StopAt = 5;

    private readonly List<TrainingExample> _rows = TrainingRows.Some(10);
    private TemporaryFolder _folder = null!;
    private BaseModel _model = null!;

    [SetUp]
    public void Load()
    {
        _folder = new TemporaryFolder();
        _model = Parity.Load(new TinyBase { Architecture = "qwen3" }.Write(_folder["base.gguf"]));
    }

    [TearDown]
    public void Free()
    {
        _model.Dispose();
        _folder.Dispose();
    }

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
    public void and_the_last_finished_step_is_on_the_disk_before_the_step_under_way_ends()
    {
        var whole = Train("whole");
        using var cancel = new CancellationTokenSource();
        var isWritten = false;
        Should.Throw<OperationCanceledException>(() =>
            Train(
                "cut",
                new AtStep(
                    2,
                    () =>
                    {
                        cancel.Cancel();
                        isWritten = File.Exists(Path.Combine(_folder["cut"], "checkpoint.safetensors"));
                    }
                ),
                cancellation: cancel.Token
            )
        );

        isWritten.ShouldBeTrue("whoever cancelled may end the process as soon as it was told");
        var resumed = Train("cut");
        resumed.ResumedFrom.ShouldBe(2);
        ShouldBeTheSame(resumed, whole);
    }

    [Test]
    public void when_another_thread_cancels_it_in_the_middle_of_a_step()
    {
        var whole = Train("whole");
        for (var milliseconds = 0; milliseconds < 12; milliseconds += 3)
        {
            using var cancel = new CancellationTokenSource();
            var delay = milliseconds;
            Task? other = null;
            try
            {
                Train(
                    "cut",
                    new AtStep(
                        1,
                        () =>
                            other = Task.Run(async () =>
                            {
                                await Task.Delay(delay);
                                await cancel.CancelAsync();
                            })
                    ),
                    cancellation: cancel.Token
                );
            }
            catch (OperationCanceledException)
            {
                // Where it was quicker than the other thread it has ended, and the next one has nothing to do.
            }

            other?.Wait();
        }

        ShouldBeTheSame(Train("cut"), whole);
    }

    [Test]
    public void when_it_died_between_checkpoints()
    {
        var whole = Train("whole");
        Should.Throw<TimeoutException>(() => Train("cut", new AtStep(StopAt, () => throw new TimeoutException())));

        var resumed = Train("cut");
        resumed.ResumedFrom.ShouldBe(3, "the last checkpoint was after three steps");
        ShouldBeTheSame(resumed, whole);
    }

    [Test]
    public void when_it_was_cut_off_again_and_again()
    {
        var whole = Train("whole");
        for (var done = 2; done < whole.Curve.Count; done += 2)
        {
            using var cancel = new CancellationTokenSource();
            Should.Throw<OperationCanceledException>(() =>
                Train("cut", new AtStep(2, cancel.Cancel), cancellation: cancel.Token)
            );
        }

        ShouldBeTheSame(Train("cut"), whole);
    }

    [Test]
    public void and_a_finished_one_gives_its_result_without_training_again()
    {
        var whole = Train("whole");
        var steps = 0;
        var again = Train("whole", new AtStep(0, () => steps++));
        steps.ShouldBe(0);
        again.ResumedFrom.ShouldBe(whole.Curve.Count);
        ShouldBeTheSame(again, whole);
    }

    [Test]
    public void but_another_seed_ends_elsewhere()
    {
        var one = Bytes(Train(null));
        Bytes(Train(null)).ShouldBe(one);
        Bytes(Train(null, options: Options with { Seed = 10 })).ShouldNotBe(one);
    }

    [Test]
    public void a_checkpoint_of_other_settings_rows_or_base_is_refused()
    {
        Train("cut");
        var refusals = new[]
        {
            Should.Throw<BadInputException>(() => Train("cut", options: Options with { LearningRate = 1e-4 })),
            Should.Throw<BadInputException>(() => Train("cut", rows: _rows[1..])),
            Should.Throw<BadInputException>(() => Train("cut", baseSha256: "another")),
        };
        refusals.ShouldAllBe(r => r.Place.File.EndsWith("checkpoint.safetensors", StringComparison.Ordinal));
        Train("cut", options: Options with { CheckpointEverySteps = 7 }).ResumedFrom.ShouldBeGreaterThan(0);
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

        File.WriteAllBytes(path, [.. bytes, 0]);
        Should.Throw<BadInputException>(() => Train("cut"));
    }

    private static TrainingOptions Options => TrainingRows.Quick with { CheckpointEverySteps = 3 };

    private TrainingResult Train(
        string? folder,
        IProgress<StageProgress>? progress = null,
        TrainingOptions? options = null,
        List<TrainingExample>? rows = null,
        string baseSha256 = "base",
        CancellationToken cancellation = default
    ) =>
        new LoraTrainer(_model, baseSha256, TimeProvider.System).Train(
            rows ?? _rows,
            options ?? Options,
            folder is null ? null : _folder[folder],
            progress,
            cancellation: cancellation
        );

    private void ShouldBeTheSame(TrainingResult ours, TrainingResult theirs)
    {
        ours.Curve.ShouldBe(theirs.Curve);
        ours.Curve.Count.ShouldBeGreaterThan(8);
        Bytes(ours).ShouldBe(Bytes(theirs));
    }

    private byte[] Bytes(TrainingResult result)
    {
        var path = _folder["lora.safetensors"];
        new LoraFile(result.Adapter, "base").Write(path);
        return File.ReadAllBytes(path);
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
}
