namespace Distiller.Cli.Doctor;

internal enum CheckStatus
{
    Ok,

    /// <summary>Works, but slower or with less than it could.</summary>
    Warning,

    Fault,
}
