namespace Distiller.Evaluation;

/// <summary>Tokens of one step (one request to a model) of a held-out episode, with the verbose context and without it.</summary>
public sealed record TokenRow
{
    public required string EpisodeId { get; init; }

    /// <summary>0-based assistant turn of the episode.</summary>
    public required int Step { get; init; }

    /// <summary>Tokens before the turn when the system text and the patterns are written out.</summary>
    public required int PromptBefore { get; init; }

    /// <summary>Tokens before the turn with the one-line system text.</summary>
    public required int PromptAfter { get; init; }

    /// <summary>Tokens of the turn as logged: the same in both.</summary>
    public required int Completion { get; init; }
}
