using Distiller.Core;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>One bar per stage on a terminal; on anything else a line when a stage starts, now and then, and ends.</summary>
internal static class ProgressBars
{
    public static T Run<T>(Func<IProgress<StageProgress>, T> work)
    {
        var console = Output.ForError();
        if (!console.Profile.Capabilities.Interactive || Console.IsErrorRedirected)
        {
            return work(new Lines(Console.Error, TimeProvider.System));
        }

        return Columns(console.Progress()).Start(context => work(new Bars(context)));
    }

    /// <summary>As <see cref="Run{T}"/>, for asynchronous work.</summary>
    public static async Task RunAsync(Func<IProgress<StageProgress>, Task> work)
    {
        var console = Output.ForError();
        if (!console.Profile.Capabilities.Interactive || Console.IsErrorRedirected)
        {
            await work(new Lines(Console.Error, TimeProvider.System));
            return;
        }

        await Columns(console.Progress()).StartAsync(context => work(new Bars(context)));
    }

    private static Progress Columns(Progress progress) =>
        progress
            .AutoClear(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 30 },
                new PercentageColumn(),
                new RemainingTimeColumn()
            );

    private sealed class Bars(ProgressContext context) : IProgress<StageProgress>
    {
        private readonly Dictionary<string, ProgressTask> _tasks = new(StringComparer.Ordinal);
        private readonly Lock _lock = new();

        public void Report(StageProgress value)
        {
            lock (_lock)
            {
                if (!_tasks.TryGetValue(value.Stage, out var task))
                {
                    task = context.AddTask(value.Stage);
                    _tasks.Add(value.Stage, task);
                }

                task.MaxValue = Math.Max(value.Total, 1e-9);
                task.Value = Math.Min(value.Done, task.MaxValue);
                task.Description = $"{value.Stage, -9} [dim]{Output.Cell(value.Note)}[/]";
            }
        }
    }

    private sealed class Lines(TextWriter writer, TimeProvider time) : IProgress<StageProgress>
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);
        private readonly Lock _lock = new();
        private string _stage = "";
        private long _last;

        public void Report(StageProgress value)
        {
            lock (_lock)
            {
                var isEnd = value.Done >= value.Total;
                if (value.Stage == _stage && !isEnd && time.GetElapsedTime(_last) < Pause)
                {
                    return;
                }

                _stage = value.Stage;
                _last = time.GetTimestamp();
                var percent = value.Total > 0 ? Math.Min(value.Done / value.Total, 1) : 1;
                writer.WriteLine($"{value.Stage, -9} {percent, 4:P0}  {UntrustedText.VisibleLines(value.Note)}");
            }
        }
    }
}
