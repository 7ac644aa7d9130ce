using System.Runtime.InteropServices;

namespace Distiller.Terminal;

/// <summary>
/// Ends the process as it is. The usual end runs the exit handlers of native libraries, and one that frees what another thread
/// still computes with turns a clean stop into a crash.
/// </summary>
internal static partial class ProcessEnd
{
    public static void Now(int exitCode)
    {
        Console.Out.Flush();
        Console.Error.Flush();
        if (OperatingSystem.IsWindows())
        {
            Environment.Exit(exitCode);
        }

        Exit(exitCode);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int status);
}
