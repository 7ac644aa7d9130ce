namespace Distiller.Jobs.Scheduling.Store;

/// <summary>What one machine carries out of a night in one go. The next step may run on another machine.</summary>
public enum RunStep
{
    /// <summary>Collect, reduce, mine. Role <c>cpu</c>.</summary>
    Prepare,

    /// <summary>Distill the adapter and its control. Role <c>gpu</c>.</summary>
    Train,

    /// <summary>Quantize, evaluate, try, publish. Role <c>cpu</c>.</summary>
    Judge,
}
