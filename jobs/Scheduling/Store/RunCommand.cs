namespace Distiller.Jobs.Scheduling.Store;

/// <summary>What a person asks of a run. The machine that carries it out obeys within seconds.</summary>
public enum RunCommand
{
    None,
    Pause,
    Resume,
    Cancel,
    Retry,
}
