using System.Text;
using Distiller.Core;
using Distiller.Jobs;
using Distiller.Jobs.Scheduling;

namespace Distiller.Cli.Commands;

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
