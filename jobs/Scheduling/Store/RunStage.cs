namespace Distiller.Jobs.Scheduling.Store;

/// <summary>One stage of a run. A stage that was interrupted and went on is one row with several visits.</summary>
public sealed record RunStage
{
    public required string RunId { get; init; }

    /// <summary>For example <c>mine</c>.</summary>
    public required string Name { get; init; }

    /// <summary><see cref="RunState.Running"/>, <see cref="RunState.Paused"/>, <see cref="RunState.Finished"/> or <see cref="RunState.Failed"/>.</summary>
    public required RunState State { get; init; }

    public required DateTimeOffset Started { get; init; }

    public DateTimeOffset? Ended { get; init; }

    /// <summary>Time spent at work, pauses not counted.</summary>
    public TimeSpan Busy { get; init; }

    /// <summary>Times it was begun: 1, and one more for each interruption.</summary>
    public int Visits { get; init; } = 1;

    /// <summary>Artifacts it read, each <c>kind/key</c> or a bare key.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Artifacts it wrote, each <c>kind/key</c>.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    public string Note { get; init; } = "";

    public string Node { get; init; } = "";
}
