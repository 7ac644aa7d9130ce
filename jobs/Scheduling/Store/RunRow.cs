using System.Globalization;
using System.Text.Json;
using Distiller.Core;

namespace Distiller.Jobs.Scheduling.Store;

/// <summary>A run as its table has it. Names are the columns'; a command's column has been <c>wish</c> from the first version on.</summary>
internal sealed class RunRow
{
    public string Id { get; init; } = "";
    public string Tenant { get; init; } = "";
    public string Night { get; init; } = "";
    public string State { get; init; } = "";
    public string Reason { get; init; } = "";
    public string Step { get; init; } = "";
    public string Stage { get; init; } = "";
    public double Progress { get; init; }
    public string Note { get; init; } = "";
    public long? Remaining { get; init; }
    public int Attempt { get; init; }
    public string? Node { get; init; }
    public string Wish { get; init; } = "";
    public string? Wish_By { get; init; }
    public string Asked_By { get; init; } = "";
    public long Due { get; init; }
    public long? Started { get; init; }
    public long? Ended { get; init; }
    public long Updated { get; init; }
    public string? Figures { get; init; }
    public string Handover { get; init; } = "{}";
    public string? Job { get; init; }

    public static RunRow Of(Run run) =>
        new()
        {
            Id = run.Id,
            Tenant = run.Tenant,
            Night = run.Night.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            State = run.State.ToString(),
            Reason = SqlText.Of(run.Reason),
            Step = run.Step.ToString(),
            Stage = run.Stage,
            Progress = run.Progress,
            Note = SqlText.Of(run.Note),
            Remaining = (long?)run.Remaining?.TotalMilliseconds,
            Attempt = run.Attempt,
            Node = run.Node,
            Wish = run.Command.ToString(),
            Wish_By = run.CommandBy is null ? null : SqlText.Of(run.CommandBy),
            Asked_By = SqlText.Of(run.AskedBy),
            Due = run.Due.ToUnixTimeMilliseconds(),
            Started = run.Started?.ToUnixTimeMilliseconds(),
            Ended = run.Ended?.ToUnixTimeMilliseconds(),
            Updated = run.Updated.ToUnixTimeMilliseconds(),
            Figures = run.Figures is null ? null : JsonSerializer.Serialize(run.Figures, EpisodeJson.Options),
            Handover = JsonSerializer.Serialize(run.Handover, EpisodeJson.Options),
            Job = run.Job,
        };

    public Run ToRun() =>
        new()
        {
            Id = Id,
            Tenant = Tenant,
            Night = DateOnly.ParseExact(Night, "yyyy-MM-dd", CultureInfo.InvariantCulture),
            State = Enum.Parse<RunState>(State),
            Reason = Reason,
            Step = Enum.Parse<RunStep>(Step),
            Stage = Stage,
            Progress = Progress,
            Note = Note,
            Remaining = Remaining is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            Attempt = Attempt,
            Node = Node,
            Command = Enum.Parse<RunCommand>(Wish),
            CommandBy = Wish_By,
            AskedBy = Asked_By,
            Due = SqlTime.Read(Due),
            Started = SqlTime.Read(Started),
            Ended = SqlTime.Read(Ended),
            Updated = SqlTime.Read(Updated),
            Figures = Figures is null ? null : JsonSerializer.Deserialize<RunFigures>(Figures, EpisodeJson.Options),
            Handover = JsonSerializer.Deserialize<RunHandover>(Handover, EpisodeJson.Options) ?? new RunHandover(),
            Job = Job,
        };
}
