namespace Distiller.Opsdesk;

/// <summary>What the expert will say to one ticket, answer by answer, with or without a mistake.</summary>
internal sealed record ExpertScript(ExpertMistake Mistake, IReadOnlyList<string> Answers)
{
    private const string Surrender = "I cannot solve this ticket.";

    public static ExpertScript Write(Company company, Rule rule, ExpertMistake mistake, SeededRandom random)
    {
        var plan = rule.Plan.ToList();
        var place = random.Below(rule.Actions.Count);
        switch (mistake)
        {
            case ExpertMistake.WrongValue:
                plan[place] = plan[place] with { Value = OtherValue(company, plan[place], random) };
                break;
            case ExpertMistake.SkippedStep:
                plan.RemoveAt(place);
                break;
            case ExpertMistake.WrongCode:
                plan[^1] = plan[^1] with { Value = OtherCode(rule.Code, random) };
                break;
            case ExpertMistake.GivesUp:
                plan = plan[..place];
                break;
        }

        // Plan, then act: the entry word for word, and the first step in the same breath.
        var answers = plan.Select((action, i) => Say(i == 0 ? rule.Entry : "", action)).ToList();
        if (mistake == ExpertMistake.GivesUp)
        {
            answers.Add(Surrender);
        }

        return new ExpertScript(mistake, answers);
    }

    /// <summary>Exactly as a training example will have it.</summary>
    private static string Say(string text, DeskAction action) =>
        Conversation.ToMessage(new Turn(TurnRole.Assistant, text) { ToolCalls = [action.ToCall("call-1")] }).Content;

    private static string OtherValue(Company company, DeskAction action, SeededRandom random) =>
        random.Pick([.. company.Estate.ValuesFor(action.Tool).Where(v => v != action.Value)]);

    private static string OtherCode(string code, SeededRandom random) =>
        $"{(int.Parse(code, System.Globalization.CultureInfo.InvariantCulture) + 1 + random.Below(99)) % 100:00}";
}
