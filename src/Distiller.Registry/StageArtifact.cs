namespace Distiller.Registry;

/// <summary>One artifact of the workspace that a release was made from.</summary>
/// <param name="Stage">The stage that wrote it, for example <c>mine</c>.</param>
/// <param name="Key">Its content address.</param>
public sealed record StageArtifact(string Stage, string Key);
