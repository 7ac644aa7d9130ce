namespace Distiller.Cli.Doctor;

/// <summary>Where a workspace remembers which llama.cpp CPU plugin survives on its machine.</summary>
internal static class PluginVerdictFile
{
    // Named by host: a workspace on shared storage is used by machines that differ.
    public static string PathIn(string home) => Path.Combine(home, $"cpu-plugin-{Environment.MachineName}.json");
}
