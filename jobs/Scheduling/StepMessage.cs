using System.Text.Json;
using Distiller.Core;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Jobs.Scheduling;

/// <summary>One line of JSON that a step's process tells on its standard output.</summary>
public sealed record StepMessage(StepMessageKind Kind)
{
    public string Stage { get; init; } = "";

    /// <summary>Of the stage, 0 to 1.</summary>
    public double Share { get; init; }

    /// <summary>A note, a log line, or why the step failed and what to do about it.</summary>
    public string Text { get; init; } = "";

    /// <summary>Of a log line: <c>info</c>, <c>warning</c> or <c>error</c>.</summary>
    public string Level { get; init; } = "info";

    public IReadOnlyList<string> Inputs { get; init; } = [];

    public IReadOnlyList<string> Outputs { get; init; } = [];

    public bool MadeBefore { get; init; }

    public StepFault? Fault { get; init; }

    public RunHandover? Handover { get; init; }

    public RunFigures? Figures { get; init; }

    public string ToLine() => JsonSerializer.Serialize(this, EpisodeJson.Options);

    /// <returns>Null: the line is none.</returns>
    public static StepMessage? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<StepMessage>(line, EpisodeJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
