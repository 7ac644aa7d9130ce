using System.Runtime;
using Distiller.Training.Distilling;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

/// <summary>A collection during a call frees the native scalars that TorchSharp made of its numbers: see <see cref="GcPause"/>.</summary>
internal sealed class No_garbage_is_collected_during_a_pass
{
    private static object? s_garbage;

    [Test]
    public void what_is_allocated_meanwhile_waits_until_the_last_one_ends()
    {
        var before = GcPause.BrokenOff;
        using (GcPause.Begin())
        {
            var collected = GC.CollectionCount(0);
            using (GcPause.Begin())
            {
                Allocate(20 << 20);
            }

            Allocate(20 << 20);
            GC.CollectionCount(0).ShouldBe(collected);
            GCSettings.LatencyMode.ShouldBe(GCLatencyMode.NoGCRegion);
        }

        GCSettings.LatencyMode.ShouldNotBe(GCLatencyMode.NoGCRegion);
        GcPause.BrokenOff.ShouldBe(before);
    }

    /// <summary>A sampler's many steps allocate more than one pause has room for.</summary>
    [Test]
    public void one_that_is_renewed_between_steps_has_room_for_all_of_them()
    {
        var before = GcPause.BrokenOff;
        using (GcPause.Begin())
        {
            for (var step = 0; step < 10; step++)
            {
                Allocate(40 << 20);
                GcPause.Renew();
                GCSettings.LatencyMode.ShouldBe(GCLatencyMode.NoGCRegion);
            }

            // Another pause may be in a call of libtorch: it is not disturbed.
            var collected = GC.CollectionCount(0);
            using (GcPause.Begin())
            {
                Allocate(80 << 20);
                GcPause.Renew();
            }

            GC.CollectionCount(0).ShouldBe(collected);
        }

        GcPause.BrokenOff.ShouldBe(before);
    }

    [Test]
    public void one_that_was_broken_off_is_counted()
    {
        var before = GcPause.BrokenOff;
        using (GcPause.Begin())
        {
            GC.Collect();
        }

        GcPause.BrokenOff.ShouldBe(before + 1);
    }

    [Test]
    public void training_and_measuring_work_in_it_while_others_allocate()
    {
        using var folder = new TemporaryFolder();
        using var model = Parity.Load(new TinyBase().Write(folder["base.gguf"]));
        var (before, seen, isOver) = (GcPause.BrokenOff, 0, false);
        var other = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                Allocate(1 << 10);
                seen += GCSettings.LatencyMode is GCLatencyMode.NoGCRegion ? 1 : 0;
                Thread.Yield();
            }
        });
        other.Start();
        new LoraTrainer(model, "", TimeProvider.System).Train(
            TrainingRows.Some(6),
            TrainingRows.Quick with
            {
                Epochs = 3,
            },
            folder["checkpoint"]
        );
        var training = Volatile.Read(ref seen);
        HeldOutLoss.Measure(model, TrainingRows.Some(2));
        Volatile.Write(ref isOver, true);
        other.Join();

        training.ShouldBeGreaterThan(0);
        GcPause.BrokenOff.ShouldBe(before);
    }

    private static void Allocate(int bytes)
    {
        for (var left = bytes; left > 0; left -= 1 << 10)
        {
            s_garbage = new byte[1 << 10];
        }

        GC.KeepAlive(s_garbage);
    }
}
