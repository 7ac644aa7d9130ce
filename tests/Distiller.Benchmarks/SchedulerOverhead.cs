using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

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

    /// <param name="other">Another build's benchmarks (their dll), whose scheduler is measured between; null: none.</param>
    public static async Task<int> RunAsync(string? other)
    {
        var home = Directory.CreateTempSubdirectory("distiller-scheduler-").FullName;
        try
        {
            await using var otherBuild = other is null ? null : OtherBuild.Start(other);
            var kinds = new List<(string Name, Func<int, Task<SchedulerBlock>> Block, List<SchedulerBlock> Blocks)>
            {
                ("plain Quartz", _ => PlainAsync(home), []),
                ("this build", round => OursAsync(home, round), []),
            };
            if (otherBuild is not null)
            {
                kinds.Add(("the other build", otherBuild.BlockAsync, []));
            }

            // The first round is for the compiler; who is first changes from round to round.
            for (var round = 0; round <= Rounds; round++)
            {
                for (var i = 0; i < kinds.Count; i++)
                {
                    var (name, block, blocks) = kinds[(i + round) % kinds.Count];
                    var measured = await block(round);
                    Console.Error.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"round {round}, {name}: {measured.StartMs.Order().ElementAt(Jobs / 2):F1} ms to start, {measured.MsPerJob:F1} ms and {measured.CpuMsPerJob:F1} ms of processor per job"
                        )
                    );
                    if (round > 0)
                    {
                        blocks.Add(measured);
                    }
                }
            }

            Print([.. kinds.Select(k => (k.Name, (IReadOnlyList<SchedulerBlock>)k.Blocks))]);
            Console.WriteLine((await ChildStart.MeasureAsync(home)).Row());
            return 0;
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    /// <summary>Measures a block of this build's scheduler for every number of a round on standard input.</summary>
    public static async Task<int> ServeAsync()
    {
        var home = Directory.CreateTempSubdirectory("distiller-scheduler-").FullName;
        try
        {
            while (await Console.In.ReadLineAsync() is { } line)
            {
                var block = await OursAsync(home, int.Parse(line, CultureInfo.InvariantCulture));
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(block));
            }

            return 0;
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

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

    private static void Print(IReadOnlyList<(string Name, IReadOnlyList<SchedulerBlock> Blocks)> kinds)
    {
        Console.WriteLine($"| what: median, p95 | {string.Join(" | ", kinds.Select(k => k.Name))} |");
        Console.WriteLine($"|---|{string.Concat(kinds.Select(_ => "---|"))}");
        Row("from due to start, ms", b => b.StartMs);
        Row($"per job, {Jobs} due at once, {AtOnce} at a time, ms", b => [b.MsPerJob]);
        Row("processor time per job of these, ms", b => [b.CpuMsPerJob]);

        void Row(string what, Func<SchedulerBlock, IReadOnlyList<double>> of)
        {
            var plain = Timings.Of(what, kinds[0].Blocks.SelectMany(of)).MedianMs;
            var cells = kinds.Select(kind =>
            {
                var t = Timings.Of(what, kind.Blocks.SelectMany(of));
                var ratio =
                    kind == kinds[0] ? "" : string.Create(CultureInfo.InvariantCulture, $", x {t.MedianMs / plain:F1}");
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{t.MedianMs:F1}, {t.P95Ms:F1} (n = {t.Times}{ratio})"
                );
            });
            Console.WriteLine($"| {what} | {string.Join(" | ", cells)} |");
        }
    }
}
