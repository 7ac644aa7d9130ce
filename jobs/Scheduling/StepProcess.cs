using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Distiller.Core;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// Carries out steps in processes of their own, so that no native library lives, or dies, in the server. The pipe to a
/// process is its leash: a line asks it to leave, and its end, also that of a killed server, ends it at once.
/// </summary>
/// <param name="child">How such a process is started.</param>
public sealed class StepProcess(Func<ProcessStartInfo> child) : IStepRunner
{
    /// <summary>Written to the process, asks it to leave at a checkpoint.</summary>
    public const string StopLine = "stop";

    /// <summary>The exit code of a process that left because it was asked to.</summary>
    public const int StoppedExitCode = 75;

    /// <summary>After which a process that was asked to leave is killed. What it finished is kept.</summary>
    private static readonly TimeSpan LeaveMax = TimeSpan.FromSeconds(4);

    private const int ErrorLinesTold = 200;
    private const int ErrorLinesKept = 5;

    public async Task<StepEnd> RunAsync(StepOrder order, Action<StepMessage> told, int? gpu, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            return StepEnd.Stopped;
        }

        var process = Start(gpu);
        try
        {
            return await LeadAsync(process, order, told, stop);
        }
        finally
        {
            process.Dispose();
        }
    }

    private static async Task<StepEnd> LeadAsync(
        Process process,
        StepOrder order,
        Action<StepMessage> told,
        CancellationToken stop
    )
    {
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order, EpisodeJson.Options));
        await process.StandardInput.FlushAsync(CancellationToken.None);
        var gate = new Lock();
        using var ended = new CancellationTokenSource();
        var leaving = LeaveAsync(process, stop, ended.Token);
        var errors = ReadErrorsAsync(process, Tell);
        var last = await ReadAsync(process, Tell);
        await process.WaitForExitAsync(CancellationToken.None);
        await ended.CancelAsync();
        await leaving;
        return End(last, process.ExitCode, stop.IsCancellationRequested, await errors);

        void Tell(StepMessage message)
        {
            lock (gate)
            {
                told(message);
            }
        }
    }

    private Process Start(int? gpu)
    {
        var start = child();
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        start.StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        start.StandardOutputEncoding = Encoding.UTF8;
        start.StandardErrorEncoding = Encoding.UTF8;
        if (gpu is { } number)
        {
            start.Environment["CUDA_VISIBLE_DEVICES"] = number.ToString(CultureInfo.InvariantCulture);
        }

        return Process.Start(start)!;
    }

    private static async Task LeaveAsync(Process process, CancellationToken stop, CancellationToken ended)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ended);
        await UntilAsync(Timeout.InfiniteTimeSpan, either.Token);
        if (ended.IsCancellationRequested)
        {
            return;
        }

        try
        {
            await process.StandardInput.WriteLineAsync(StopLine);
            await process.StandardInput.FlushAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // It has gone by itself.
        }

        await UntilAsync(LeaveMax, ended);
        if (!ended.IsCancellationRequested)
        {
            try
            {
                process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // It has gone by itself.
            }
        }
    }

    private static async Task UntilAsync(TimeSpan atMost, CancellationToken token)
    {
        try
        {
            await Task.Delay(atMost, token);
        }
        catch (OperationCanceledException)
        {
            // What was waited for.
        }
    }

    private static async Task<StepMessage?> ReadAsync(Process process, Action<StepMessage> told)
    {
        StepMessage? last = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var message =
                StepMessage.Parse(line) ?? new StepMessage(StepMessageKind.Log) { Level = "warning", Text = line };
            if (message.Kind is StepMessageKind.Finished or StepMessageKind.Failed)
            {
                last = message;
            }
            else
            {
                told(message);
            }
        }

        return last;
    }

    /// <returns>The last lines.</returns>
    private static async Task<IReadOnlyList<string>> ReadErrorsAsync(Process process, Action<StepMessage> told)
    {
        var kept = new Queue<string>();
        var count = 0;
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            if (line.Length == 0)
            {
                continue;
            }

            if (++count <= ErrorLinesTold)
            {
                told(new StepMessage(StepMessageKind.Log) { Level = "warning", Text = line });
            }

            kept.Enqueue(line);
            if (kept.Count > ErrorLinesKept)
            {
                kept.Dequeue();
            }
        }

        return [.. kept];
    }

    private static StepEnd End(StepMessage? last, int exitCode, bool asked, IReadOnlyList<string> errors) =>
        last switch
        {
            { Kind: StepMessageKind.Finished } => new StepEnd(
                StepEndKind.Finished,
                "",
                last.Handover ?? throw new InvalidOperationException("A finished step hands something over."),
                last.Figures
            ),
            { Kind: StepMessageKind.Failed } => new StepEnd(
                last.Fault is StepFault.Passing ? StepEndKind.FailedForNow : StepEndKind.FailedForGood,
                last.Text
            ),
            _ when asked || exitCode == StoppedExitCode => StepEnd.Stopped,
            _ => new StepEnd(
                StepEndKind.FailedForNow,
                $"Its process ended with code {exitCode}{(errors.Count == 0 ? "." : $": {string.Join(' ', errors)}")}"
            ),
        };
}

/// <summary>Carries out one step of a run.</summary>
public interface IStepRunner
{
    /// <param name="told">Called in the order of the events, by one thread at a time; must not wait.</param>
    /// <param name="gpu">The GPU the step has for itself; null where the machine has at most one.</param>
    /// <param name="stop">Asks the step to leave at a checkpoint; it does within seconds.</param>
    public Task<StepEnd> RunAsync(StepOrder order, Action<StepMessage> told, int? gpu, CancellationToken stop);
}
