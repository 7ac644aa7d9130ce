using System.Runtime.InteropServices;

namespace Distiller.Tests.Support;

/// <summary>Asks a process to end, without the program <c>kill</c>, which a minimal system lacks.</summary>
internal static partial class Signals
{
    private const int Sigterm = 15;

    public static void Terminate(int process) => kill(process, Sigterm).ShouldBe(0);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
