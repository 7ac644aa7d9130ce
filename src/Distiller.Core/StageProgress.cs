namespace Distiller.Core;

/// <summary>How far a stage is, reported as <see cref="IProgress{T}"/>.</summary>
/// <param name="Stage">The stage's name, for example <c>distill</c>.</param>
/// <param name="Note">A few words on what it is doing, for example <c>loss 2.31</c>.</param>
public readonly record struct StageProgress(string Stage, double Done, double Total, string Note);
