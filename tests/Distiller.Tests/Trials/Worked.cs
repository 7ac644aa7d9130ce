using System.Globalization;
using Distiller.Evaluation;

namespace Distiller.Tests.Trials;

/// <summary>Rows as a run would leave them, written by hand.</summary>
internal sealed class Worked
{
    private readonly List<TrialRow> _rows = [];
    private readonly List<RequestRow> _requests = [];

    public IReadOnlyList<TrialRow> Rows => _rows;

    public IReadOnlyList<RequestRow> Requests => _requests;

    /// <summary>A task by its number; ten tasks make a family unless said otherwise.</summary>
    public Worked Add(string arm, int task, bool solved, params (int Read, int Write, int Output)[] requests) =>
        Add(arm, task, $"family {task / 10}", "known", solved ? "" : "WrongCode", requests);

    public Worked Add(
        string arm,
        int task,
        string family,
        string stratum,
        string reason,
        params (int Read, int Write, int Output)[] requests
    )
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"T{task:0000}");
        _requests.AddRange(
            requests.Select(
                (r, i) =>
                    new RequestRow
                    {
                        Arm = arm,
                        TaskId = id,
                        Request = i,
                        CacheReadTokens = r.Read,
                        CacheWriteTokens = r.Write,
                        OutputTokens = r.Output,
                        IsCut = r.Output >= 160,
                        Answer = "…",
                    }
            )
        );
        _rows.Add(
            new TrialRow
            {
                Arm = arm,
                TaskId = id,
                Family = family,
                Stratum = stratum,
                Solved = reason.Length == 0,
                Reason = reason,
                Detail = "",
                Requests = requests.Length,
                InputTokens = 0,
                CacheReadTokens = requests.Sum(r => (long)r.Read),
                CacheWriteTokens = requests.Sum(r => (long)r.Write),
                OutputTokens = requests.Sum(r => (long)r.Output),
            }
        );
        return this;
    }

    /// <summary>The row that was added last is that of another arm; empty: it was worked.</summary>
    public void ServeLast(string by) => _rows[^1] = _rows[^1] with { ServedBy = by };

    /// <summary>An arm that solves these tasks of so many, each in one request.</summary>
    public Worked AddArm(string arm, int tasks, Func<int, bool> solves, (int Read, int Write, int Output) request)
    {
        for (var i = 0; i < tasks; i++)
        {
            Add(arm, i, solves(i), request);
        }

        return this;
    }

    public TrialFigures Figures(PriceTable prices, TrialOptions? options = null, TrainingEffort? training = null) =>
        TrialFigures.Of(_rows, _requests, prices, options ?? new TrialOptions { BootstrapDraws = 500 }, training);

    public TrialMeasurement Measurement() =>
        new()
        {
            Rows = _rows,
            Requests = _requests,
            TasksTitle = "tickets",
            TaskSetSha256 = new string('a', 64),
            PromptLine = "Work the ticket.",
            Base = new MeasuredFile("base.gguf", new string('b', 64), 1),
            Arms = [.. _rows.Select(r => r.Arm).Distinct().Select(a => new MeasuredArm(a, a, a == "A1", null))],
            Runtime = "llama.cpp",
            Options = new TrialOptions { BootstrapDraws = 500 },
        };
}
