namespace Distiller.Terminal;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCode
{
    /// <summary>The command did what it says.</summary>
    public const int Done = 0;

    /// <summary>It failed for a reason that is neither of the two below.</summary>
    public const int Failed = 1;

    /// <summary>The command line was wrong.</summary>
    public const int WrongUsage = 2;

    /// <summary>An input (log, model, workspace, setting) cannot be used.</summary>
    public const int BadInput = 3;
}
