namespace Distiller.Opsdesk;

/// <summary>Why a call was refused, or why a ticket counts as not solved.</summary>
public enum FailureReason
{
    None,

    // A call is refused and changes nothing.

    /// <summary>There is no such tool.</summary>
    UnknownTool,

    /// <summary>The call or its arguments are not JSON, or nested too deeply.</summary>
    BrokenJson,

    /// <summary>The arguments are longer than any real call.</summary>
    ArgumentsTooLong,

    MissingArgument,

    /// <summary>An argument that the tool does not take, or one given twice.</summary>
    UnexpectedArgument,

    /// <summary>The arguments are no object, or the argument is no string.</summary>
    WrongType,

    /// <summary>A well-formed value that names nothing here, or is out of range.</summary>
    UnknownValue,

    /// <summary>Nothing to do: an empty queue, an account that is not locked.</summary>
    NothingToDo,

    TicketClosed,

    StepLimit,

    // A run ends.

    /// <summary>The agent said something and called nothing.</summary>
    NoToolCall,

    /// <summary>One answer was longer than any real one; the rest of it was not read.</summary>
    AnswerTooLong,

    // The verifier's.

    NotClosed,

    /// <summary>Something was changed that the rule does not ask for, or more often than it asks.</summary>
    HarmfulAction,

    MissingAction,

    WrongOrder,

    WrongCode,

    /// <summary>The audit trail reads well but the final state is another.</summary>
    WrongState,
}
