using Distiller.Core;

namespace Distiller.Evaluation.Report;

/// <summary>What was distilled.</summary>
internal static class PatternsSection
{
    private const int PatternsMax = 40;
    private const int StepsMax = 8;

    public static Html Draw(IReadOnlyList<Pattern> patterns)
    {
        if (patterns.Count == 0)
        {
            return Html.Empty;
        }

        var shown = patterns
            .OrderByDescending(p => p.Support)
            .ThenBy(p => p.Id, StringComparer.Ordinal)
            .Take(PatternsMax)
            .ToList();
        var reach = Math.Clamp(shown.Max(p => Math.Max(Math.Abs(p.Lift.Low), Math.Abs(p.Lift.High))), 0.1, 1);
        var more = patterns.Count > shown.Count ? $" The {shown.Count} with the most support are shown." : "";
        return Html.Of(
            $"""
            <section>
            <h2>Patterns distilled</h2>
            <p>{Show.Count(patterns.Count)} {(patterns.Count == 1 ? "procedure that recurs" : "procedures that recur")} in successful training episodes.{more} Success with and without a procedure is observed, not caused: easy tasks may have both.</p>
            {Table.Draw(
                "patterns",
                "Support counts distinct successful training episodes; the difference has its 95 % interval.",
                Html.Of($"{Table.Head("procedure")}{Table.Head("support", true)}{Table.Head("success with", true)}{Table.Head("without", true)}{Table.Head("difference, points", true)}{Table.Head("interval")}{Table.Head("prompt tokens", true)}"),
                shown.Select(p => Row(p, reach))
            )}</section>

            """
        );
    }

    private static Html Row(Pattern pattern, double reach)
    {
        var lift = pattern.SuccessWith - pattern.SuccessWithout;
        var steps = pattern
            .Steps.Take(StepsMax)
            .Select((s, i) => Html.Of($"{(i == 0 ? "" : " → ")}<code>{LogText.Short(s.ToString(), 120)}</code>"));
        var rest = pattern.Steps.Count > StepsMax ? $" → {pattern.Steps.Count - StepsMax} more" : "";
        return Html.Of(
            $"""
            <tr><th scope="row"><bdi>{LogText.Short(pattern.Intent, 160)}</bdi><small class="steps">{steps}{rest}</small></th>{Table.Number(
                Show.Count(pattern.Support),
                $"{pattern.Tasks} {(pattern.Tasks == 1 ? "task" : "tasks")}"
            )}{Table.Number(Show.Percent(pattern.SuccessWith))}{Table.Number(
                Show.Percent(pattern.SuccessWithout)
            )}{Table.Number(
                Show.Points(lift),
                $"{Show.Points(pattern.Lift.Low)} to {Show.Points(pattern.Lift.High)}"
            )}<td>{IntervalBar.Draw(lift, pattern.Lift, reach)}</td>{Table.Number(
                Show.Count(pattern.TokensInPrompt)
            )}</tr>

            """
        );
    }
}
