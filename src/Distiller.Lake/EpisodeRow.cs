using System.Text.Json;

namespace Distiller.Lake;

/// <summary>An episode as a row: what SQL counts lies in columns of its own, the rest as JSON.</summary>
public record EpisodeRow
{
    public required string Id { get; init; }
    public required string Format { get; init; }
    public required string Tenant { get; init; }
    public required string Key { get; init; }

    /// <summary>0, or one more than the record of the same key that this one replaces.</summary>
    public required int Generation { get; init; }
    public required string Agent { get; init; }
    public string? Model { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public required string TaskId { get; init; }
    public required string Outcome { get; init; }
    public required string Judge { get; init; }
    public double? Score { get; init; }

    /// <summary>See <see cref="Core.Outcome.Confidence"/>; absent in old parts.</summary>
    public double? Confidence { get; init; }

    /// <summary>Name of the session; this and the next four are absent in parts written before sessions were known.</summary>
    public string? Session { get; init; }
    public string? ParentSession { get; init; }
    public string? Project { get; init; }
    public string? Repository { get; init; }
    public string? Branch { get; init; }
    public required int Turns { get; init; }
    public required int Requests { get; init; }
    public required long Input { get; init; }
    public required long CacheRead { get; init; }
    public required long CacheWrite { get; init; }
    public required long Output { get; init; }
    public required string UnattributedJson { get; init; }
    public required string EventsJson { get; init; }

    /// <summary>The requests as parallel lists, so that one told by several episodes is found without parsing.</summary>
    public required string[] RequestIds { get; init; }
    public required long[] RequestInput { get; init; }
    public required long[] RequestCacheRead { get; init; }
    public required long[] RequestCacheWrite { get; init; }
    public required long[] RequestOutput { get; init; }
    public required string SourceFile { get; init; }
    public required string SourceSha256 { get; init; }
    public required long[] Records { get; init; }

    /// <summary>Source records in it, or turns where the source has no separate records.</summary>
    public required int Length { get; init; }

    /// <summary>Sum of the records' identities, modulo 2^64.</summary>
    public required long RecordsDigest { get; init; }
    public required string TurnsJson { get; init; }
    public required string RequestsJson { get; init; }

    /// <summary>An outcome as the column has it.</summary>
    internal static string OutcomeWord(OutcomeKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    internal static long Digest(long[] records)
    {
        var sum = 0L;
        foreach (var record in records)
        {
            sum = unchecked(sum + record);
        }

        return sum;
    }

    public static EpisodeRow From(Episode episode, EpisodeSource source, int generation)
    {
        var requests = episode.Requests;
        var usage = episode.Usage;
        return new EpisodeRow
        {
            Id = episode.Id.Value,
            Format = episode.Format,
            Tenant = episode.Tenant,
            Key = episode.Key,
            Generation = generation,
            Agent = episode.Agent,
            Model = episode.Model,
            StartedAt = episode.StartedAt,
            TaskId = episode.TaskId,
            Outcome = OutcomeWord(episode.Outcome.Kind),
            Judge = episode.Outcome.Judge,
            Score = episode.Outcome.Score,
            Confidence = episode.Outcome.Confidence,
            Session = episode.Session?.Name,
            ParentSession = episode.Session?.Parent,
            Project = episode.Session?.Project,
            Repository = episode.Session?.Repository,
            Branch = episode.Session?.Branch,
            Turns = episode.Turns.Count,
            Requests = requests.Count,
            Input = usage.Input,
            CacheRead = usage.CacheRead,
            CacheWrite = usage.CacheWrite,
            Output = usage.Output,
            UnattributedJson = JsonSerializer.Serialize(episode.UnattributedUsage, EpisodeJson.Options),
            EventsJson = JsonSerializer.Serialize(episode.Events, EpisodeJson.Options),
            RequestIds = [.. requests.Select(r => r.Id)],
            RequestInput = [.. requests.Select(r => r.Usage.Input)],
            RequestCacheRead = [.. requests.Select(r => r.Usage.CacheRead)],
            RequestCacheWrite = [.. requests.Select(r => r.Usage.CacheWrite)],
            RequestOutput = [.. requests.Select(r => r.Usage.Output)],
            SourceFile = source.File,
            SourceSha256 = source.Sha256,
            Records = source.Records,
            Length = Math.Max(episode.Turns.Count, source.Records.Length),
            RecordsDigest = Digest(source.Records),
            TurnsJson = EpisodeJson.TurnsToJson(episode.Turns),
            RequestsJson = EpisodeJson.RequestsToJson(requests),
        };
    }

    public StoredEpisode ToStored() => new(ToEpisode(), new EpisodeSource(SourceFile, SourceSha256, Records));

    public Episode ToEpisode() =>
        new()
        {
            Id = new EpisodeId(Id),
            Format = Format,
            Tenant = Tenant,
            Key = Key,
            Agent = Agent,
            Model = Model,
            StartedAt = StartedAt,
            TaskId = TaskId,
            Turns = EpisodeJson.TurnsFromJson(TurnsJson),
            Outcome = new Outcome(Enum.Parse<OutcomeKind>(Outcome, ignoreCase: true), Judge, Score, Confidence),
            Session = Session is null
                ? null
                : new Session(Session)
                {
                    Parent = ParentSession,
                    Project = Project,
                    Repository = Repository,
                    Branch = Branch,
                },
            Requests = EpisodeJson.RequestsFromJson(RequestsJson),
            UnattributedUsage = JsonSerializer.Deserialize<Usage>(UnattributedJson, EpisodeJson.Options),
            Events = JsonSerializer.Deserialize<SortedDictionary<string, int>>(EventsJson, EpisodeJson.Options) ?? [],
        };
}
