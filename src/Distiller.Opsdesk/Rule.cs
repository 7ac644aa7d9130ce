namespace Distiller.Opsdesk;

/// <summary>One rule of a handbook: in this situation, do this.</summary>
public sealed record Rule
{
    public required RuleKind Kind { get; init; }

    /// <summary>A service, a team or a queue's topic, by kind.</summary>
    public required string Subject { get; init; }

    public required string Condition { get; init; }

    /// <summary>What to do before closing, in order.</summary>
    public required IReadOnlyList<DeskAction> Actions { get; init; }

    /// <summary>Two digits that the ticket is closed with.</summary>
    public required string Code { get; init; }

    /// <summary>How this company's people tell the situation.</summary>
    public required IReadOnlyList<string> Phrasings { get; init; }

    /// <summary>1, and one more for each time the rule has changed.</summary>
    public int Revision { get; init; } = 1;

    /// <summary>The situation; it stays when the plan changes.</summary>
    public string Id => $"{Subject}-{Condition}";

    /// <summary>Rules of one family are about the same condition; a split by family or a bootstrap takes it whole.</summary>
    public string Family => Condition;

    /// <summary>Everything to do, the closing included.</summary>
    public IReadOnlyList<DeskAction> Plan => [.. Actions, new DeskAction(DeskTool.Close, Code)];

    /// <summary>
    /// One lean line: <c>* payments disk: restart host=amber-fox; close code=47</c>. Nothing else stands in it, because a
    /// small model finds the plan by its distance from the situation. The bullet gives the subject the space before it that
    /// it has in tickets: the same token in both.
    /// </summary>
    public string Entry => $"* {Subject} {Condition}: {string.Join("; ", Plan)}";
}

public enum RuleKind
{
    /// <summary>A service shows a symptom.</summary>
    Incident,

    /// <summary>A team has a request about an account.</summary>
    Access,

    /// <summary>A queue is in a condition.</summary>
    Flow,
}
