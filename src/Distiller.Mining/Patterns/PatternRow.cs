using System.Text.Json;

namespace Distiller.Mining.Patterns;

/// <summary>A pattern as a flat row of a table: steps as JSON, episodes as a list of ids.</summary>
public sealed record PatternRow
{
    public required string Id { get; init; }
    public required string Intent { get; init; }
    public required string StepsJson { get; init; }
    public required int Support { get; init; }
    public required int Tasks { get; init; }
    public required double SuccessWith { get; init; }
    public required double SuccessWithout { get; init; }
    public required double LiftLow { get; init; }
    public required double LiftHigh { get; init; }
    public required int TokensInPrompt { get; init; }
    public required double OutputTokensWith { get; init; }
    public required double OutputTokensWithout { get; init; }
    public required string[] Episodes { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    public static PatternRow Of(Pattern pattern) =>
        new()
        {
            Id = pattern.Id,
            Intent = pattern.Intent,
            StepsJson = JsonSerializer.Serialize(pattern.Steps, EpisodeJson.Options),
            Support = pattern.Support,
            Tasks = pattern.Tasks,
            SuccessWith = pattern.SuccessWith,
            SuccessWithout = pattern.SuccessWithout,
            LiftLow = pattern.Lift.Low,
            LiftHigh = pattern.Lift.High,
            TokensInPrompt = pattern.TokensInPrompt,
            OutputTokensWith = pattern.OutputTokensWith,
            OutputTokensWithout = pattern.OutputTokensWithout,
            Episodes = [.. pattern.Episodes.Select(e => e.Value)],
            ExpiresAt = pattern.ExpiresAt,
        };

    /// <exception cref="JsonException">The steps are no valid JSON.</exception>
    public Pattern ToPattern() =>
        new()
        {
            Id = Id,
            Intent = Intent,
            Steps = JsonSerializer.Deserialize<IReadOnlyList<ToolStep>>(StepsJson, EpisodeJson.Options) ?? [],
            Support = Support,
            Tasks = Tasks,
            SuccessWith = SuccessWith,
            SuccessWithout = SuccessWithout,
            Lift = new Interval(LiftLow, LiftHigh),
            TokensInPrompt = TokensInPrompt,
            OutputTokensWith = OutputTokensWith,
            OutputTokensWithout = OutputTokensWithout,
            Episodes = [.. Episodes.Select(e => new EpisodeId(e))],
            ExpiresAt = ExpiresAt,
        };
}
