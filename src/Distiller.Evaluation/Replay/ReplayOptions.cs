using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Evaluation;

/// <summary>How mined patterns are tried: in the prompt and out of it, on the same tasks.</summary>
public sealed record ReplayOptions
{
    /// <summary>0: no pattern is tried, and what was mined is taught as it is.</summary>
    [Setting(
        "replay-tasks",
        "Tasks of the logged days on which each pattern is tried in the prompt, out of it, and against a pattern without sense; 0: none"
    )]
    [Range(0, 10_000)]
    public int Tasks { get; init; }

    [Setting("replay-patterns", "Patterns that are tried, the most useful first")]
    [Range(1, 100)]
    public int PatternsMax { get; init; } = 8;

    [Setting("replay-context", "What else stands in the prompt: the verbose context, or the short line alone")]
    public ReplayContext Context { get; init; }
}

/// <summary>The prompt to which a pattern is added.</summary>
public enum ReplayContext
{
    /// <summary>As agents work today.</summary>
    Verbose,

    /// <summary>As they work with an adapter.</summary>
    Short,
}
