using System.Runtime.InteropServices;
using Distiller.Training.Distilling;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

internal sealed class Native_tensors_are_all_returned
{
    [TestCase(false)]
    [TestCase(true)]
    public void a_hundred_training_steps_hold_none_that_the_step_before_did_not(bool withEverySetting)
    {
        using var folder = new TemporaryFolder();
        var counts = new Counts();
        var before = Live();
        using (var model = Parity.Load(new TinyBase().Write(folder["base.gguf"])))
        {
            var loaded = Live();
            loaded.ShouldBeGreaterThan(before);
            new LoraTrainer(model, "", TimeProvider.System).Train(
                TrainingRows.Some(6),
                TrainingRows.Quick with
                {
                    Epochs = 50,
                    Dropout = withEverySetting ? 0.1 : 0,
                    ActivationCheckpointing = withEverySetting,
                    ValidateEvery = withEverySetting ? 20 : 0,
                },
                folder["checkpoint"],
                counts
            );
            Live().ShouldBe(loaded);
            HeldOutLoss.Measure(model, TrainingRows.Some(2));
            Live().ShouldBe(loaded);
        }

        counts.Seen.Count.ShouldBeGreaterThanOrEqualTo(100);
        counts.Seen.Distinct().Count().ShouldBe(1);
        Live().ShouldBe(before);
    }

    [Test]
    public void a_failed_call_throws_with_the_native_text_and_leaves_none()
    {
        var before = Live();
        using (torch.NewDisposeScope())
        {
            var (a, b) = (torch.zeros([2, 3]), torch.zeros([2, 3]));
            var held = TorchInfo.LiveTensors;
            Should.Throw<ExternalException>(() => a.mm(b)).Message.ShouldContain("2x3");
            Should
                .Throw<ExternalException>(() => a.index_select(0, torch.tensor([9L], [1])))
                .Message.ShouldContain("out of range", Case.Insensitive);
            Should.Throw<ExternalException>(() => torch.zeros([1L << 30, 1L << 25])).Message.ShouldContain("memory");
            Should.Throw<ExternalException>(() => torch.zeros([-1])).Message.ShouldContain("negative");
            Should.Throw<ExternalException>(() => a.item());
            Should.Throw<ExternalException>(() => a.backward());
            Should.Throw<ArgumentOutOfRangeException>(() => TorchInfo.Threads = 0);
            TorchInfo.LiveTensors.ShouldBe(held + 1, "the index lives to the scope's end");
        }

        Live().ShouldBe(before);
    }

    [Test]
    public void a_base_that_is_refused_midway_leaves_none()
    {
        using var folder = new TemporaryFolder();
        var path = new TinyBase { Architecture = "qwen3" }.Write(folder["base.gguf"]);
        GgufCopy.Write(path, folder["broken.gguf"], drop: "blk.1.ffn_up.weight");
        var before = Live();
        Should.Throw<BadInputException>(() => Parity.Load(folder["broken.gguf"]));
        Live().ShouldBe(before);
    }

    [Test]
    public void a_scope_disposes_what_was_made_in_it_save_what_moved_out()
    {
        var before = Live();
        Tensor kept;
        using (var outer = torch.NewDisposeScope())
        {
            Tensor moved;
            using (var inner = torch.NewDisposeScope())
            {
                torch.zeros([2]);
                moved = inner.MoveToOuter(torch.zeros([2]));
                kept = inner.Detach(torch.zeros([2]));
            }

            TorchInfo.LiveTensors.ShouldBe(before + 2);
            moved.numel().ShouldBe(2);
        }

        TorchInfo.LiveTensors.ShouldBe(before + 1);
        kept.numel().ShouldBe(2);
        kept.Dispose();
        kept.IsInvalid.ShouldBeTrue();
        TorchInfo.LiveTensors.ShouldBe(before);
    }

    [Test]
    public void a_gpu_that_is_not_there_is_told()
    {
        if (TorchInfo.IsCudaAvailable)
        {
            Assert.Ignore("This machine has a CUDA device.");
        }

        Should.Throw<BadInputException>(() => Device.Parse("cuda:0")).Message.ShouldContain("no CUDA device");
        Should.Throw<BadInputException>(() => Device.Parse("gpu")).Message.ShouldContain("cuda:N");
    }

    private static long Live()
    {
        // Tensors that other tests dropped without disposing are freed by their finalizers: let these finish first.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return TorchInfo.LiveTensors;
    }

    private sealed class Counts : IProgress<StageProgress>
    {
        public List<long> Seen { get; } = [];

        public void Report(StageProgress value) => Seen.Add(TorchInfo.LiveTensors);
    }
}
