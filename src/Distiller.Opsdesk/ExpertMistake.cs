namespace Distiller.Opsdesk;

public enum ExpertMistake
{
    None,

    /// <summary>The right tool with another host, queue or whatever it takes.</summary>
    WrongValue,

    SkippedStep,

    WrongCode,

    /// <summary>Stops before the ticket is closed.</summary>
    GivesUp,
}
