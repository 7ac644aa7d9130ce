namespace Distiller.Lake;

/// <summary>What became of an episode handed to a batch.</summary>
public enum AppendResult
{
    Stored,

    /// <summary>It was there already, or a longer record of it was.</summary>
    Duplicate,
}
