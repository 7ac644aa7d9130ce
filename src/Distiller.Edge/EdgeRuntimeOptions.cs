namespace Distiller.Edge;

/// <summary>Choices that hold for the whole process; see <see cref="EdgeRuntime.Configure"/>.</summary>
public sealed record EdgeRuntimeOptions
{
    /// <summary>
    /// File name of the CPU plugin to load (<see cref="PluginVerdict.Plugin"/>); null takes the one that rates itself
    /// best for this processor.
    /// </summary>
    public string? CpuPlugin { get; init; }
}
