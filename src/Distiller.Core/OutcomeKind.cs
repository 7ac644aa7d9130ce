namespace Distiller.Core;

public enum OutcomeKind
{
    Unknown,
    Succeeded,
    Failed,
}
