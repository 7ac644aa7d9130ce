namespace Distiller.Opsdesk;

/// <summary>
/// The desk of one ticket: a small strict state machine behind eight tools. It takes a bounded number of calls, keeps an
/// audit trail of those it carried out, and counts those it refused by their reason.
/// </summary>
public sealed class Desk
{
    public const int StepsMaxByDefault = 8;

    private readonly Estate _estate;
    private readonly int _stepsMax;
    private readonly List<AuditEntry> _audit = [];
    private readonly SortedDictionary<FailureReason, int> _refusals = [];

    public Desk(Company company, int stepsMax = StepsMaxByDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsMax, 1);
        _estate = company.Estate;
        _stepsMax = stepsMax;
        State = new DeskState(_estate);
    }

    public DeskState State { get; }

    /// <summary>Calls taken, refused ones included; never more than the limit.</summary>
    public int Steps { get; private set; }

    public bool IsOver => State.IsClosed || Steps >= _stepsMax;

    public IReadOnlyList<AuditEntry> Audit => _audit;

    public IReadOnlyDictionary<FailureReason, int> Refusals => _refusals;

    public FailureReason FirstRefusal { get; private set; }

    /// <summary>Carries the call out or refuses it; never throws for what an agent may write.</summary>
    public Observation Call(ToolCall call)
    {
        if (!TakeStep(out var refused))
        {
            return refused;
        }

        var observation = Carry(call);
        return observation.IsError ? Refuse(observation) : observation;
    }

    /// <summary>Takes a call whose very JSON could not be read, as one step.</summary>
    public Observation CallUnreadable() =>
        TakeStep(out var refused)
            ? Refuse(new Observation("error: the call is broken JSON", FailureReason.BrokenJson))
            : refused;

    private Observation Carry(ToolCall call)
    {
        if (DeskTool.Find(call.Name) is not { } tool)
        {
            return new Observation("error: no such tool", FailureReason.UnknownTool);
        }

        var (value, refusal) = DeskArguments.Read(tool, call.ArgumentsJson);
        if (refusal is not null)
        {
            return refusal;
        }

        var known =
            tool.Name == DeskTool.Close ? DeskArguments.IsCode(value) : _estate.ValuesFor(tool.Name).Contains(value);
        if (!known)
        {
            return new Observation($"error: no such {tool.Argument}", FailureReason.UnknownValue);
        }

        var action = new DeskAction(tool.Name, value);
        var observation = State.Apply(action);
        if (!observation.IsError)
        {
            _audit.Add(new AuditEntry(Steps, action));
        }

        return observation;
    }

    private bool TakeStep(out Observation refused)
    {
        refused = new Observation("");
        if (State.IsClosed)
        {
            refused = Refuse(new Observation("error: the ticket is closed", FailureReason.TicketClosed));
            return false;
        }

        if (Steps >= _stepsMax)
        {
            refused = Refuse(new Observation("error: no steps left", FailureReason.StepLimit));
            return false;
        }

        Steps++;
        return true;
    }

    private Observation Refuse(Observation observation)
    {
        _refusals[observation.Failure] = _refusals.GetValueOrDefault(observation.Failure) + 1;
        if (FirstRefusal == FailureReason.None)
        {
            FirstRefusal = observation.Failure;
        }

        return observation;
    }
}

/// <summary>One request to the agent, for whoever bills it.</summary>
/// <param name="Answer">As it came, cut at the limit.</param>
public sealed record DeskRequest(IReadOnlyList<ChatMessage> Prompt, string Answer);

/// <summary>What a tool answers.</summary>
/// <param name="Text">Short, and made of the desk's own words: nothing of a bad call is repeated in it.</param>
public sealed record Observation(string Text, FailureReason Failure = FailureReason.None)
{
    public bool IsError => Failure != FailureReason.None;
}
