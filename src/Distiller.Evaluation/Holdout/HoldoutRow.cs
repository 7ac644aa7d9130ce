using Distiller.Core;

namespace Distiller.Evaluation;

/// <summary>A held-out row with its assistant turns.</summary>
public sealed record HoldoutRow(TrainingExample Example, IReadOnlyList<HoldoutStep> Steps);
