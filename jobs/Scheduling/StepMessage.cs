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

/// <summary>What a <see cref="StepMessage"/> tells.</summary>
public enum StepMessageKind
{
    /// <summary>How far a stage is: <see cref="StepMessage.Share"/>, <see cref="StepMessage.Text"/>.</summary>
    Progress,

    StageBegan,

    StageEnded,

    /// <summary>A line for people.</summary>
    Log,

    /// <summary>The last: the step is done, with its <see cref="StepMessage.Handover"/> and, after the last step, figures.</summary>
    Finished,

    /// <summary>The last: the step failed because of a <see cref="StepMessage.Fault"/>.</summary>
    Failed,
}

/// <summary>What kind of fault stopped a step: whether it is worth trying again.</summary>
public enum StepFault
{
    /// <summary>An input or setting cannot be used. It fails again until a person changes it.</summary>
    BadInput,

    /// <summary>A full disk, a workspace in use, something that is away: it may pass.</summary>
    Passing,

    /// <summary>An error of the program. Trying again would hide it.</summary>
    Bug,
}
