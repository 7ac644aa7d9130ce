using Distiller.Mining.Reviewing;

namespace Distiller.Cli.Commands;

/// <summary>One pattern with every decision on it, as <c>patterns show --json</c> gives it.</summary>
internal sealed record ShownPattern(ReviewedPattern Pattern, IReadOnlyList<PatternReview> History);
