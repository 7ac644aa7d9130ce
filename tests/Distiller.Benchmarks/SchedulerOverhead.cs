using System.Diagnostics;
using System.Globalization;

namespace Distiller.Benchmarks;

/// <summary>What the scheduler costs beside the Quartz under it: alternating blocks in one process on one machine.</summary>
internal static class SchedulerOverhead
{
    private const int Jobs = 20;
    private const int Rounds = 5;
    private const int AtOnce = 4;
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(250);

    /// <summary>Everything is scheduled by then, on a busy machine too.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    public static async Task<int> RunAsync()
    {
        var home = Directory.CreateTempSubdirectory("distiller-scheduler-").FullName;
        try
        {
            var (plain, ours) = (new List<SchedulerBlock>(), new List<SchedulerBlock>());
            // The first round is for the compiler.
            for (var round = 0; round <= Rounds; round++)
            {
                var both =
                    round % 2 == 0
                        ? (await PlainAsync(home), await OursAsync(home, round))
                        : Swapped(await OursAsync(home, round), await PlainAsync(home));
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}: {both}"));
                if (round > 0)
                {
                    plain.Add(both.Item1);
                    ours.Add(both.Item2);
                }
            }

            Print(plain, ours);
            Console.WriteLine((await ChildStart.MeasureAsync(home)).Row());
            return 0;
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static (SchedulerBlock Plain, SchedulerBlock Ours) Swapped(SchedulerBlock ours, SchedulerBlock plain) =>
        (plain, ours);

    private static async Task<SchedulerBlock> PlainAsync(string home)
    {
        await using var quartz = await PlainQuartz.OpenAsync(home, AtOnce);
        var start = await ApartAsync(quartz.ScheduleAsync, quartz.BeganAt, quartz.IsDoneAsync);
        var (ms, cpu) = await TogetherAsync(quartz.ScheduleAsync, quartz.IsDoneAsync);
        return new SchedulerBlock(start, ms, cpu);
    }

    private static async Task<SchedulerBlock> OursAsync(string home, int round)
    {
        IReadOnlyList<double> start;
        await using (
            var scheduler = await OurScheduler.OpenAsync(
                home,
                Jobs,
                AtOnce,
                new DateOnly(2030, 1, 1).AddDays(2 * round)
            )
        )
        {
            start = await ApartAsync(scheduler.ScheduleAsync, scheduler.BeganAt, scheduler.IsDoneAsync);
        }

        await using (
            var scheduler = await OurScheduler.OpenAsync(
                home,
                Jobs,
                AtOnce,
                new DateOnly(2030, 1, 2).AddDays(2 * round)
            )
        )
        {
            var (ms, cpu) = await TogetherAsync(scheduler.ScheduleAsync, scheduler.IsDoneAsync);
            return new SchedulerBlock(start, ms, cpu);
        }
    }

    /// <returns>Of each job, from due to start in ms.</returns>
    private static async Task<IReadOnlyList<double>> ApartAsync(
        Func<IReadOnlyList<DateTimeOffset>, Task<IReadOnlyList<string>>> schedule,
        Func<string, DateTimeOffset> began,
        Func<Task<bool>> isDone
    )
    {
        var first = TimeProvider.System.GetUtcNow() + Lead;
        List<DateTimeOffset> due = [.. Enumerable.Range(0, Jobs).Select(i => first + (Apart * i))];
        var names = await schedule(due);
        await UntilAsync(isDone);
        return [.. names.Select((name, i) => (began(name) - due[i]).TotalMilliseconds)];
    }

    private static async Task<(double MsPerJob, double CpuMsPerJob)> TogetherAsync(
        Func<IReadOnlyList<DateTimeOffset>, Task<IReadOnlyList<string>>> schedule,
        Func<Task<bool>> isDone
    )
    {
        var due = TimeProvider.System.GetUtcNow() + Lead;
        await schedule([.. Enumerable.Repeat(due, Jobs)]);
        var rest = due - TimeProvider.System.GetUtcNow();
        if (rest < TimeSpan.Zero)
        {
            throw new InvalidOperationException(
                "The machine is too busy: the jobs were due before all were scheduled."
            );
        }

        await Task.Delay(rest);
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        await UntilAsync(isDone);
        var took = TimeProvider.System.GetUtcNow() - due;
        process.Refresh();
        return (took.TotalMilliseconds / Jobs, (process.TotalProcessorTime - cpu).TotalMilliseconds / Jobs);
    }

    private static async Task UntilAsync(Func<Task<bool>> isDone)
    {
        while (!await isDone())
        {
            await Task.Delay(Look);
        }
    }

    private static void Print(IReadOnlyList<SchedulerBlock> plain, IReadOnlyList<SchedulerBlock> ours)
    {
        Console.WriteLine("| what | plain: median, p95 | ours: median, p95 | ratio of medians | difference |");
        Console.WriteLine("|---|---|---|---|---|");
        Row("from due to start, ms", b => b.StartMs);
        Row($"per job, {Jobs} due at once, {AtOnce} at a time, ms", b => [b.MsPerJob]);
        Row("processor time per job of these, ms", b => [b.CpuMsPerJob]);

        void Row(string what, Func<SchedulerBlock, IReadOnlyList<double>> of)
        {
            var (p, o) = (Timings.Of(what, plain.SelectMany(of)), Timings.Of(what, ours.SelectMany(of)));
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {what} | {p.MedianMs:F1}, {p.P95Ms:F1} (n = {p.Times}) | {o.MedianMs:F1}, {o.P95Ms:F1} (n = {o.Times}) | {o.MedianMs / p.MedianMs:F1} | {o.MedianMs - p.MedianMs:F1} |"
                )
            );
        }
    }
}
