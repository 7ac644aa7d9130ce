namespace Distiller.Opsdesk;

/// <summary>What a tool answers.</summary>
/// <param name="Text">Short, and made of the desk's own words: nothing of a bad call is repeated in it.</param>
public sealed record Observation(string Text, FailureReason Failure = FailureReason.None)
{
    public bool IsError => Failure != FailureReason.None;
}
