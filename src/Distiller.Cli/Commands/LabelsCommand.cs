using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Core;
using Distiller.Lake;
using Distiller.Mining.Labelling;
using Distiller.Mining.Outcomes;
using Distiller.Mining.Tasks;

namespace Distiller.Cli.Commands;

/// <summary><c>labels check</c>: how often the rules on outcomes are right, where the outcome is known.</summary>
internal static class LabelsCommand
{
    public static Command Create() =>
        new("labels", "Outcomes of tasks, as rules tell them from the transcripts.") { Check() };

    private static Command Check()
    {
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var rules = new Option<FileInfo?>("--outcome-rules")
        {
            Description = "A YAML file of own rules, beside those of data/outcome-rules.yaml.",
            HelpName = "FILE",
        };
        var command = new Command(
            "check",
            """
            Measures each rule on the tasks whose outcome a person or the log tells, with that outcome hidden: how often it is
            right where it speaks (precision), and how many of the tasks that ended so it finds (recall), each with a 95 %
            interval. A rule with at least 10 verdicts and a precision of 90 % teaches in that format.
            """
        )
        {
            rules,
            home,
            json,
        };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetRequiredValue(home);
            var measured = Measure(folder, OutcomeRules.Load(parsed.GetValue(rules)?.FullName));
            new Output(parsed.GetValue(json)).Result(measured, StageTables.RulesChecked);
            return ExitCode.Done;
        });
        return command;
    }

    private static LabelCheckOutput Measure(string home, OutcomeRules rules)
    {
        using var workspace = Workspace.OpenReadOnly(home);
        var persons = new LabelBook(home, TimeProvider.System).Current();
        var judge = new OutcomeJudge(rules);
        var cutter = new TaskCutter(rules);
        var verdicts = new List<RuleVerdict>();
        foreach (var episode in workspace.Episodes.Read())
        {
            var tasks = cutter.Cut(episode);
            for (var i = 0; i < tasks.Count; i++)
            {
                var strongest = judge.ByRules(tasks[i], hasNext: i + 1 < tasks.Count) is [var first, ..] ? first : null;
                var log = tasks[i].Outcome.Kind;
                var known =
                    PersonLabel.Of(persons, tasks[i].Format, tasks[i].Tenant, tasks[i].Key)?.Says
                    ?? (log == OutcomeKind.Unknown ? null : log);
                verdicts.Add(
                    new RuleVerdict(
                        tasks[i].Format,
                        strongest?.Source ?? "",
                        strongest?.Says ?? OutcomeKind.Unknown,
                        known
                    )
                );
            }
        }

        return new LabelCheckOutput(
            verdicts.Count,
            verdicts.Count(v => v.Known is not null),
            [.. RuleMeasurements.Of(verdicts).Rows]
        );
    }
}

/// <summary>The document of <c>labels check --json</c>.</summary>
/// <param name="Known">Tasks whose outcome a person or the log tells.</param>
internal sealed record LabelCheckOutput(int Tasks, int Known, IReadOnlyList<RuleMeasurement> Rules);
