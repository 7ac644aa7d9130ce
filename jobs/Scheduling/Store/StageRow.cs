using System.Text.Json;

namespace Distiller.Jobs.Scheduling.Store;

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
