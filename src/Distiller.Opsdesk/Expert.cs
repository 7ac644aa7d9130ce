using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Opsdesk;

/// <summary>
/// A scripted agent that knows the handbook and sometimes errs. It works through the same harness as any model and leaves
/// episodes in the project's own log format; a ticket's episode depends on company, ticket and options alone.
/// </summary>
public sealed class Expert
{
    public const string Agent = "opsdesk-expert";

    /// <summary>What stands where other logs name a model: none was asked.</summary>
    public const string Model = "scripted";

    /// <summary>The <c>episode</c> format of <c>distiller collect</c>.</summary>
    public const string Format = "episode";

    private readonly Company _company;
    private readonly ExpertOptions _options;
    private readonly TicketRun _run;

    public Expert(Company company, ExpertOptions? options = null)
    {
        _company = company;
        _options = options ?? new ExpertOptions();
        OptionsCheck.Require(_options);
        _run = new TicketRun(company);
    }

    /// <summary>Works tickets drawn for each of the days, oldest first.</summary>
    /// <param name="firstDay">From 0; by default the days before the drift are for training.</param>
    public IEnumerable<Episode> Work(int firstDay, int days, int ticketsPerDay)
    {
        for (var day = firstDay; day < firstDay + days; day++)
        {
            var isFirst = true;
            foreach (var ticket in Tickets.Draw(_company, day, ticketsPerDay, _options.Seed))
            {
                yield return Work(ticket, isFirst);
                isFirst = false;
            }
        }
    }

    /// <param name="isFirstOfDay">Whether the handbook is written to the prompt cache and not read from it.</param>
    public Episode Work(Ticket ticket, bool isFirstOfDay = false)
    {
        var random = SeededRandom.For(_options.Seed, $"expert {_company.Name} {ticket.Id}");
        var company = _company.At(ticket.Day);
        var mistake = random.Fraction() < _options.ErrorRate ? Draw(random) : ExpertMistake.None;
        var script = ExpertScript.Write(company, ticket.Rule, mistake, random);
        var answers = new Queue<string>(script.Answers);
        var result = _run.Work(ticket, DeskPrompt.Verbose(company.Handbook), _ => answers.Dequeue());
        return EpisodeJson.Identify(
            new Episode
            {
                Id = default,
                Format = Format,
                Key = KeyOf(ticket),
                Tenant = company.Name,
                Agent = Agent,
                Model = Model,
                StartedAt = ticket.Time,
                TaskId = TaskName.Of(company, ticket).ToString(),
                Turns = Timed(result.Turns, ticket, random),
                Outcome = result.IsSolved
                    ? new Outcome(OutcomeKind.Succeeded, Verifier.Judge, 1)
                    : new Outcome(OutcomeKind.Failed, Verifier.Judge, 0),
                Requests =
                [
                    .. result.Requests.Select((r, i) => Billed(r, RequestId(ticket, i), isFirstOfDay && i == 0)),
                ],
            }
        );
    }

    private static ExpertMistake Draw(SeededRandom random) =>
        random.Pick([
            ExpertMistake.WrongValue,
            ExpertMistake.SkippedStep,
            ExpertMistake.WrongCode,
            ExpertMistake.GivesUp,
        ]);

    /// <summary>
    /// The system prompt is the cached prefix: the day's first request writes it, all others read it. What follows it is
    /// plain input. Only contents are counted, not a template's markers.
    /// </summary>
    private ModelRequest Billed(DeskRequest request, string id, bool writesCache)
    {
        var prefix = _options.CountTokens(request.Prompt[0].Content);
        var rest = request.Prompt.Skip(1).Sum(m => (long)_options.CountTokens(m.Content));
        var usage = new Usage(
            rest,
            writesCache ? 0 : prefix,
            writesCache ? prefix : 0,
            _options.CountTokens(request.Answer)
        );
        return new ModelRequest(id, usage, Model);
    }

    /// <summary>Unique beyond the company: logs of several may be collected into one workspace.</summary>
    private string KeyOf(Ticket ticket) => $"{_company.Name}/{ticket.Id}";

    private string RequestId(Ticket ticket, int index) => $"{KeyOf(ticket)}/{index + 1}";

    private List<Turn> Timed(IReadOnlyList<Turn> turns, Ticket ticket, SeededRandom random)
    {
        var timed = new List<Turn>(turns.Count);
        var time = ticket.Time;
        var requests = 0;
        foreach (var turn in turns)
        {
            time = timed.Count < 2 ? time : time.AddSeconds(random.Between(1, 9));
            timed.Add(
                turn with
                {
                    Time = time,
                    RequestId = turn.Role == TurnRole.Assistant ? RequestId(ticket, requests++) : null,
                }
            );
        }

        return timed;
    }
}

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

public sealed record ExpertOptions
{
    public long Seed { get; init; } = 1;

    /// <summary>Each kind of mistake is as likely as the other, and each fails the ticket.</summary>
    [Setting("error-rate", "Share of tickets in which the expert makes a mistake")]
    [Range(0.0, 1.0)]
    public double ErrorRate { get; init; } = 0.15;

    /// <summary>Tokens of a text; <see cref="TokenEstimate"/> by default.</summary>
    public Func<string, int> CountTokens { get; init; } = TokenEstimate.Count;
}
