using System.Text.Json;

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

/// <summary>A stage as its table has it. Names are the columns'.</summary>
internal sealed class StageRow
{
    public string Run { get; init; } = "";
    public string Name { get; init; } = "";
    public string State { get; init; } = "";
    public long Started { get; init; }
    public long? Ended { get; init; }
    public long Busy { get; init; }
    public int Visits { get; init; }
    public string Inputs { get; init; } = "[]";
    public string Outputs { get; init; } = "[]";
    public string Note { get; init; } = "";
    public string Node { get; init; } = "";

    public RunStage ToStage() =>
        new()
        {
            RunId = Run,
            Name = Name,
            State = Enum.Parse<RunState>(State),
            Started = SqlTime.Read(Started),
            Ended = SqlTime.Read(Ended),
            Busy = TimeSpan.FromMilliseconds(Busy),
            Visits = Visits,
            Inputs = List(Inputs),
            Outputs = List(Outputs),
            Note = Note,
            Node = Node,
        };

    public static string Json(IReadOnlyList<string> list) => JsonSerializer.Serialize(list);

    private static List<string> List(string json) => JsonSerializer.Deserialize<List<string>>(json) ?? [];
}
