namespace Distiller.Mining.Outcomes;

/// <summary>What a transcript shows of how a task went.</summary>
public enum TaskFact
{
    /// <summary>A file was changed.</summary>
    Edits,

    /// <summary>The agent's last word is an answer.</summary>
    Answers,

    /// <summary>The last run of tests after the last edit passed. Likewise the next five.</summary>
    TestsPassed,
    TestsFailed,
    LintsPassed,
    LintsFailed,
    BuildsPassed,
    BuildsFailed,

    /// <summary>The check that the request itself names (tests, linter, build) passed at its last run after the last edit.</summary>
    NamedCheckPassed,
    NamedCheckFailed,

    /// <summary>The agent committed.</summary>
    Committed,

    /// <summary>The agent pushed, or opened a pull request.</summary>
    Pushed,

    /// <summary>The user's last word on it is thanks or approval.</summary>
    Thanked,

    /// <summary>The user asked to commit, push or merge what was done.</summary>
    Shipped,

    /// <summary>The user said on the way that it is not what was wanted.</summary>
    Corrected,

    /// <summary>The user went on with another request in the same session.</summary>
    NextRequest,

    /// <summary>The user stopped the agent, and nothing followed.</summary>
    Interrupted,

    /// <summary>The user denied a call.</summary>
    Denied,

    /// <summary>The last call failed.</summary>
    ErrorAtEnd,

    /// <summary>Nothing follows the user's last word or the last result: the log ends, or the model could not be reached.</summary>
    CutOff,
}
