using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Opsdesk;

/// <summary>
/// Lets an agent work tickets: any function from messages to the assistant's text. Whatever it writes, a run ends: every
/// request either takes a step, of which there are few, or is the last.
/// </summary>
public sealed class TicketRun
{
    private readonly Company _company;
    private readonly TicketRunOptions _options;

    public TicketRun(Company company, TicketRunOptions? options = null)
    {
        _company = company;
        _options = options ?? new TicketRunOptions();
        OptionsCheck.Require(_options);
    }

    /// <param name="system">The system prompt; <see cref="DeskPrompt"/> has the two that are compared.</param>
    /// <param name="agent">Gives the assistant's text; what it throws is the caller's and passes through.</param>
    public TicketResult Work(Ticket ticket, string system, Func<IReadOnlyList<ChatMessage>, string> agent)
    {
        var company = _company.At(ticket.Day);
        var desk = new Desk(company, _options.StepsMax);
        var turns = new List<Turn> { new(TurnRole.System, system), new(TurnRole.User, ticket.Text) };
        var messages = new List<ChatMessage> { new("system", system), new("user", ticket.Text) };
        var requests = new List<DeskRequest>();
        var end = FailureReason.None;
        while (end == FailureReason.None && !desk.IsOver)
        {
            ChatMessage[] prompt = [.. messages];
            var text = agent(prompt) ?? "";
            if (text.Length > _options.AnswerCharactersMax)
            {
                text = text[.._options.AnswerCharactersMax];
                end = FailureReason.AnswerTooLong;
            }

            requests.Add(new DeskRequest(prompt, text));
            // What the model wrote is what it reads next: its prefix cache stays true.
            messages.Add(new ChatMessage("assistant", text));
            end = end == FailureReason.None ? Act(text, desk, turns, messages) : Say(text, end, turns);
        }

        var verdict = Verifier.Check(company, ticket.Rule, desk);
        return new TicketResult(
            ticket,
            Reason(verdict, end, desk),
            verdict,
            desk.Steps,
            desk.Refusals,
            turns,
            requests
        );
    }

    private FailureReason Act(string text, Desk desk, List<Turn> turns, List<ChatMessage> messages)
    {
        var answer = AgentAnswer.Read(text, _options.StepsMax - desk.Steps);
        if (answer.Calls.Count == 0)
        {
            return Say(text, FailureReason.NoToolCall, turns);
        }

        var said = turns.Count;
        var calls = new List<ToolCall>();
        turns.Add(new Turn(TurnRole.Assistant, answer.Said));
        foreach (var call in answer.Calls)
        {
            // Ids must be unique within the episode, and the parser starts afresh with every answer.
            var id = $"call-{desk.Steps + 1}";
            var named = call is null ? null : call with { Id = id };
            var observation = named is null ? desk.CallUnreadable() : desk.Call(named);
            if (named is not null)
            {
                calls.Add(named);
            }

            turns.Add(
                new Turn(TurnRole.Tool, observation.Text) { ToolCallId = named?.Id, IsError = observation.IsError }
            );
            if (desk.IsOver)
            {
                break;
            }
        }

        turns[said] = turns[said] with { ToolCalls = calls };
        // Several observations are one message: templates expect alternation.
        messages.Add(Conversation.ToMessages(system: null, turns.Skip(said + 1))[0]);
        return FailureReason.None;
    }

    private static FailureReason Say(string text, FailureReason end, List<Turn> turns)
    {
        turns.Add(new Turn(TurnRole.Assistant, text));
        return end;
    }

    private static FailureReason Reason(Verdict verdict, FailureReason end, Desk desk) =>
        verdict.IsSolved || desk.State.IsClosed ? verdict.Reason
        : end != FailureReason.None ? end
        : desk.FirstRefusal != FailureReason.None ? desk.FirstRefusal
        : FailureReason.StepLimit;
}

public sealed record TicketRunOptions
{
    /// <summary>Tool calls of one ticket, refused ones included. A plan with its closing takes 2 to 4.</summary>
    [Range(1, int.MaxValue)]
    public int StepsMax { get; init; } = Desk.StepsMaxByDefault;

    /// <summary>Characters of one answer. A longer one is cut there and ends the run.</summary>
    [Range(256, 1_000_000)]
    public int AnswerCharactersMax { get; init; } = 4_096;
}

/// <summary>What became of a ticket.</summary>
/// <param name="Reason">
/// Why it was not solved: how the run ended, the first refused call where it ended at the step limit, or what the verifier
/// found in a ticket that was closed. <see cref="FailureReason.None"/> when it was solved.
/// </param>
/// <param name="Verdict">The verifier's own words.</param>
/// <param name="Steps">Tool calls, refused ones included.</param>
/// <param name="Refusals">Refused calls by reason; there may be some although the ticket was solved.</param>
/// <param name="Turns">The transcript, from the system's turn on.</param>
public sealed record TicketResult(
    Ticket Ticket,
    FailureReason Reason,
    Verdict Verdict,
    int Steps,
    IReadOnlyDictionary<FailureReason, int> Refusals,
    IReadOnlyList<Turn> Turns,
    IReadOnlyList<DeskRequest> Requests
)
{
    public bool IsSolved => Verdict.IsSolved;
}
