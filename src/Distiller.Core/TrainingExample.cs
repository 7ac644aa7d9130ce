namespace Distiller.Core;

/// <summary>One row for the trainer: token ids with the positions that carry loss.</summary>
/// <param name="Tokens">T token ids of the base's vocabulary.</param>
/// <param name="LossMask">T flags: true where the token is the assistant's and its loss counts (never at position 0).</param>
/// <param name="Weight">Factor on the row's loss; 1 by default.</param>
/// <param name="EpisodeId">Where it comes from.</param>
/// <param name="Window">0-based number of the window within the episode.</param>
public sealed record TrainingExample(int[] Tokens, bool[] LossMask, float Weight, EpisodeId EpisodeId, int Window)
{
    /// <summary>What was attempted; empty where rows belong to no task.</summary>
    public string TaskId { get; init; } = "";

    /// <summary>Id of the verbose context that the teacher has in its prompt for this row; empty for none.</summary>
    public string ContextId { get; init; } = "";

    /// <summary>What a teacher expects at each loss token; null where none was asked. Kept in a file of its own.</summary>
    public TeacherTargets? Teacher { get; init; }

    /// <summary>Number of tokens that carry loss.</summary>
    public int LossTokens => LossMask.Count(m => m);
}

public enum Split
{
    Train,
    Holdout,
}
