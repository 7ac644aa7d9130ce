namespace Distiller.Opsdesk.Pretraining;

/// <summary>
/// The faultless expert at one random company, ticket after ticket in one conversation. Rules are drawn with replacement:
/// were each asked once, a model would learn to answer with the one not yet used.
/// </summary>
internal sealed class Rehearsal
{
    /// <summary>Days from which a ticket's number is drawn: five digits, all of which a model will meet at work.</summary>
    private const int Days = 10;

    private readonly Company _company;
    private readonly bool _planOnly;
    private readonly SeededRandom _random;

    public Rehearsal(Rung rung, SeededRandom random)
    {
        var rules = random.Between(rung.RulesMin, rung.RulesMax);
        _company = Company.Generate(rung.OptionsFor((long)random.NextBits(), rules));
        (_planOnly, _random) = (rung.PlanOnly, random);
    }

    public TextSegment Opening =>
        new(ChatMarkup.Write(new ChatMessage("system", DeskPrompt.Verbose(_company.Handbook))), IsLearnt: false, 0);

    /// <summary>A ticket, worked.</summary>
    /// <param name="answer">Its index within the row, from 0.</param>
    public IReadOnlyList<TextSegment> Next(int answer)
    {
        var ticket = Draw();
        var messages = _planOnly
            ? [new ChatMessage("user", ticket.Text), new ChatMessage("assistant", ticket.Rule.Entry)]
            : Work(ticket);
        var segments = new List<TextSegment>();
        var given = "";
        foreach (var message in messages)
        {
            if (message.Role != "assistant")
            {
                given += ChatMarkup.Write(message);
                continue;
            }

            segments.Add(new TextSegment(given + ChatMarkup.Header(message.Role), IsLearnt: false, answer));
            var learnt = _planOnly ? message.Content : message.Content + ChatMarkup.End;
            segments.Add(new TextSegment(learnt, IsLearnt: true, answer));
            given = _planOnly ? ChatMarkup.End + "\n" : "\n";
        }

        segments.Add(new TextSegment(given, IsLearnt: false, answer));
        return segments;
    }

    private Ticket Draw()
    {
        var day = _random.Below(Days);
        var time = Tickets.TimeOn(_company, day, _random.Below(Tickets.WorkingSeconds));
        var rule = _random.Pick(_company.Handbook.Rules);
        var place = _random.Below(Ticket.PerDayMax);
        return Tickets.Write(_company, day, place, rule, TicketWording.Any, time, _random);
    }

    /// <summary>
    /// Exactly what an agent reads and writes. What the desk answers to the closing is left out: no agent ever reads it,
    /// and the next ticket begins as a first one does.
    /// </summary>
    private IReadOnlyList<ChatMessage> Work(Ticket ticket)
    {
        var script = ExpertScript.Write(_company, ticket.Rule, ExpertMistake.None, _random);
        var answers = new Queue<string>(script.Answers);
        var last = new TicketRun(_company).Work(ticket, "", _ => answers.Dequeue()).Requests[^1];
        return [.. last.Prompt.Skip(1), new ChatMessage("assistant", last.Answer)];
    }
}

/// <summary>A piece of a row; the row is all of its pieces one after another, each made into tokens by itself.</summary>
/// <param name="IsLearnt">Whether the assistant writes it; loss and exact match are computed on these pieces.</param>
/// <param name="Answer">
/// Index of the ticket within the row, from 0, so that an answer is right or wrong as a whole. The system prompt goes with
/// the first ticket.
/// </param>
public sealed record TextSegment(string Text, bool IsLearnt, int Answer);
