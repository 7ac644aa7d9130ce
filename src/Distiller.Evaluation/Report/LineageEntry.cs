namespace Distiller.Evaluation.Report;

/// <summary>One artifact the adapter was made from.</summary>
/// <param name="Detail">A few words on it, for example <c>1,204 episodes</c>.</param>
public sealed record LineageEntry(string Stage, string Key, string Detail);
