namespace Distiller.Core;

public enum Split
{
    Train,
    Holdout,
}
