using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Distiller.Core;
using Distiller.Jobs;
using Distiller.Jobs.Scheduling;
using Distiller.Lake;
using Distiller.Opsdesk.Nights;

namespace Distiller.Cli.Commands;

/// <summary>
/// <c>step</c>, which the server starts: one step of a run, told by a line of JSON on standard input. A line
/// <c>stop</c>, or SIGTERM, lets it leave at a checkpoint; the end of standard input ends it at once.
/// </summary>
internal static class StepCommand
{
    private const string Name = "step";

    // A step of a server that was killed, or was taken for dead, leaves within seconds.
    private static readonly TimeSpan LockWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var command = new Command(Name, "Carries out one step of a night for the server.") { Hidden = true };
        command.SetAction(
            (_, cancellation) =>
            {
                // Its own stream: the input goes on after the first line.
                var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
                return Task.Run(() => RunAsync(input, cancellation), CancellationToken.None);
            }
        );
        return command;
    }

    /// <summary>How the server starts it.</summary>
    public static ProcessStartInfo Child()
    {
        var start = DoctorCommand.Child();
        start.ArgumentList.Add(Name);
        return start;
    }

    private static async Task<int> RunAsync(StreamReader input, CancellationToken terminated)
    {
        await using var output = new StepOutput(Console.OpenStandardOutput());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(terminated);
        try
        {
            var order =
                JsonSerializer.Deserialize<StepOrder>(await input.ReadLineAsync(terminated) ?? "", EpisodeJson.Options)
                ?? throw new JsonException("It holds null.");
            _ = ObeyAsync(input, stop.CancelAsync);
            output.Write(CarryOut(order, output, stop.Token));
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return StepProcess.StoppedExitCode;
        }
        catch (Exception e)
        {
            // The server decides what becomes of the run; nothing is swallowed.
            output.Write(StepWork.Failed(e));
            return e is BadInputException ? ExitCode.BadInput : ExitCode.Failed;
        }
    }

    private static StepMessage CarryOut(StepOrder order, StepOutput output, CancellationToken cancellation)
    {
        var time = new ShiftedTime(TimeSpan.FromSeconds(order.ClockOffsetSeconds));
        var settings = order.Settings;
        var trial = order.Trial is { } described
            ? DeskTrial.Read(described).Compose(settings, order.Night, ShippedFile.Find(ShippedFile.Prices))
            : null;
        using var workspace = OpenWhenFree(order.Home, time, cancellation);
        using var night = new Night(workspace, settings, order.Registry, time, output, trial, output);
        return StepWork.CarryOut(night, order, output.Write, cancellation);
    }

    private static Workspace OpenWhenFree(string home, TimeProvider time, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return Workspace.Open(home, time);
            }
            catch (BadInputException e)
                when (e.InnerException is IOException && TimeProvider.System.GetElapsedTime(began) < LockWait)
            {
                cancellation.WaitHandle.WaitOne(LockPause);
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private static async Task ObeyAsync(StreamReader input, Func<Task> leave)
    {
        while (await input.ReadLineAsync() is { } line)
        {
            if (line == StepProcess.StopLine)
            {
                await leave();
            }
        }

        // The server is gone: nobody wants what this process makes, and the next one needs the workspace.
        Process.GetCurrentProcess().Kill();
    }
}

/// <summary>Tells the server what a step does, a line of JSON each.</summary>
internal sealed class StepOutput : IProgress<StageProgress>, IProgress<StageEvent>, IAsyncDisposable
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly StreamWriter _output;
    private string _stage = "";
    private string _note = "";
    private long _told;

    public StepOutput(Stream output) =>
        _output = new StreamWriter(output, new UTF8Encoding(false)) { AutoFlush = true };

    public void Write(StepMessage message)
    {
        lock (_gate)
        {
            _output.WriteLine(message.ToLine());
        }
    }

    public void Report(StageProgress value)
    {
        lock (_gate)
        {
            _note = value.Note;
            var isEnd = value.Done >= value.Total;
            if (!isEnd && _told != 0 && TimeProvider.System.GetElapsedTime(_told) < ProgressEvery)
            {
                return;
            }

            _told = TimeProvider.System.GetTimestamp();
            Write(
                new StepMessage(StepMessageKind.Progress)
                {
                    // A stage's parts may report under names of their own.
                    Stage = _stage,
                    Share = value.Total > 0 ? Math.Clamp(value.Done / value.Total, 0, 1) : 0,
                    Text = value.Note,
                }
            );
        }
    }

    public void Report(StageEvent value)
    {
        lock (_gate)
        {
            if (!value.IsEnd)
            {
                (_stage, _note, _told) = (value.Stage, "", 0);
            }

            Write(
                new StepMessage(value.IsEnd ? StepMessageKind.StageEnded : StepMessageKind.StageBegan)
                {
                    Stage = value.Stage,
                    Inputs = value.Inputs,
                    Outputs = value.Outputs,
                    MadeBefore = value.MadeBefore,
                    Text = value.IsEnd ? _note : "",
                }
            );
        }
    }

    public ValueTask DisposeAsync() => _output.DisposeAsync();
}
