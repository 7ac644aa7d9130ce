namespace Distiller.Mining.Splitting;

public enum SplitMethod
{
    /// <summary>By a hash of seed and task: a task keeps its side when others come or go.</summary>
    Hash,

    /// <summary>By time: the newest tasks are held out, so that training is always earlier than the test.</summary>
    Time,
}
