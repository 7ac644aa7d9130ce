using System.Threading.Channels;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// Writes down what a step tells. Stages and log lines are kept in order, also while the database is away; of the
/// progress only the newest counts.
/// </summary>
internal sealed class StepRecorder(RunStore store, string run, string node, TimeProvider time, DatabaseRetry retry)
{
    private readonly Channel<(StepMessage Message, TimeSpan? Worked)> _queue = Channel.CreateUnbounded<(
        StepMessage,
        TimeSpan?
    )>();
    private readonly StagePace _pace = new(time);
    private StepMessage? _progress;
    private StepMessage? _written;
    private long? _began;

    /// <summary>What the stage under way has taken, by a clock that nobody sets; null: none is.</summary>
    public TimeSpan? Worked => _began is { } began ? time.GetElapsedTime(began) : null;

    /// <summary>Does not wait.</summary>
    public void Tell(StepMessage message)
    {
        if (message.Kind is StepMessageKind.Progress)
        {
            Volatile.Write(ref _progress, message);
        }
        else
        {
            _queue.Writer.TryWrite((message, Worked));
            _began = message.Kind switch
            {
                StepMessageKind.StageBegan => time.GetTimestamp(),
                StepMessageKind.StageEnded => null,
                _ => _began,
            };
        }
    }

    /// <summary>Writes until <see cref="Complete"/>.</summary>
    public async Task WriteAsync()
    {
        await foreach (var (message, worked) in _queue.Reader.ReadAllAsync())
        {
            await retry.UntilDoneAsync(() => WriteAsync(message, worked));
        }
    }

    public void Complete() => _queue.Writer.Complete();

    /// <summary>Writes the newest progress, if there is any since the last time.</summary>
    public async Task WriteProgressAsync()
    {
        if (Volatile.Read(ref _progress) is { } newest && newest != _written)
        {
            _written = newest;
            await store.ProgressAsync(
                run,
                newest.Stage,
                newest.Share,
                newest.Text,
                _pace.Remaining(newest.Stage, newest.Share)
            );
        }
    }

    private Task WriteAsync(StepMessage message, TimeSpan? worked) =>
        message.Kind switch
        {
            StepMessageKind.StageBegan => store.Stages.BeganAsync(run, message.Stage, node, message.Inputs),
            StepMessageKind.StageEnded => store.Stages.EndedAsync(
                run,
                message.Stage,
                RunState.Finished,
                message.Outputs,
                message.Text,
                worked
            ),
            _ => store.Log.AddAsync(run, message.Level, message.Text),
        };
}
