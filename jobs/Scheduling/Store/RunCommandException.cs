namespace Distiller.Jobs.Scheduling.Store;

/// <summary>A command that cannot be carried out, with the reason and the remedy in words.</summary>
public sealed class RunCommandException(string reason, string remedy) : Exception(reason)
{
    public string Remedy { get; } = remedy;
}
