namespace Distiller.Jobs.Scheduling.Store;

/// <summary>What a finished night tells: the headline of its report. Figures of arms are null where no tasks were tried.</summary>
public sealed record RunFigures
{
    public long Episodes { get; init; }

    public long Quarantined { get; init; }

    public int Patterns { get; init; }

    public long TrainTokens { get; init; }

    /// <summary>Tokens of the prompt per step, before and after, from the logs alone.</summary>
    public double TokensPerStepBefore { get; init; }

    public double TokensPerStepAfter { get; init; }

    /// <summary>Nats per loss token of held-out rows: bare base, and with the INT4 adapter.</summary>
    public double HoldoutLossBase { get; init; }

    public double HoldoutLossInt4 { get; init; }

    public long Int4Bytes { get; init; }

    public bool Published { get; init; }

    public string? ReleaseId { get; init; }

    /// <summary>Why nothing was published, or what the gate says.</summary>
    public IReadOnlyList<string> GateReasons { get; init; } = [];

    /// <summary>Code of the arm that opened the gate; null where it is closed, or the gate is that of the loss.</summary>
    public string? Claim { get; init; }

    /// <summary>
    /// <c>superior</c>, <c>non-inferior</c>, <c>inferior</c> or <c>inconclusive</c>: the claim's, else that of the adapter alone.
    /// </summary>
    public string? Verdict { get; init; }

    /// <summary>Tasks that were tried under each arm.</summary>
    public int? Tasks { get; init; }

    public IReadOnlyList<RunArmFigures> Arms { get; init; } = [];

    /// <summary>The HTML report, relative to the tenant's home.</summary>
    public string? ReportPath { get; init; }
}

/// <summary>One arm of a trial.</summary>
/// <param name="Arm"><c>A0</c> to <c>A4</c>; A1 is before (context in the prompt), A3 is after (INT4 adapter).</param>
/// <param name="CostPerSolvedTask">In the price table's currency; null where none was solved.</param>
public sealed record RunArmFigures(
    string Arm,
    int Tasks,
    int Solved,
    double TokensPerTask,
    double? TokensPerSolvedTask,
    double? CostPerSolvedTask
);
