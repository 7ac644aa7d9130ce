using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Core;
using Distiller.Lake;
using Distiller.Mining.Labelling;
using Distiller.Mining.Outcomes;
using Distiller.Mining.Reviewing;
using Distiller.Mining.Tasks;

namespace Distiller.Cli.Commands;

/// <summary>
/// <c>labels check|review</c>: how often the rules on outcomes are right, where the outcome is known, and the tasks where it is not.
/// </summary>
internal static class LabelsCommand
{
    public static Command Create() =>
        new("labels", "Outcomes of tasks, as rules tell them from the transcripts.") { Check(), Review() };

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

    private static Command Review()
    {
        const int takeDefault = 50;
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var take = new Option<int>("--take") { Description = "How many.", DefaultValueFactory = _ => takeDefault };
        var command = new Command(
            "review",
            """
            Lists the tasks whose outcome neither a person nor the log tells, for you to look at and to label. In a format where a
            model is shown, by cross-validation on tasks whose outcome is known, to know more than the share of those that worked,
            those that probably worked come first; elsewhere the newest. The order decides nothing of what teaches.
            """
        )
        {
            take,
            home,
            json,
        };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetRequiredValue(home);
            using var workspace = Workspace.OpenReadOnly(folder);
            var outcomes = new WorkspaceOutcomes(folder, OutcomeRules.Default, TimeProvider.System).Tasks();
            var list = ReviewList.Of(workspace.Episodes.Read().SelectMany(e => ReviewCandidate.Of(e, outcomes)));
            new Output(parsed.GetValue(json)).Result(
                new ReviewListOutput(
                    list.Orders,
                    list.Tasks.Count,
                    [.. list.Tasks.Take(Math.Max(0, parsed.GetValue(take)))]
                ),
                EpisodeTables.Review
            );
            return ExitCode.Done;
        });
        return command;
    }

    private static LabelCheckOutput Measure(string home, OutcomeRules rules)
    {
        using var workspace = Workspace.OpenReadOnly(home);
        var persons = new LabelBook(home, TimeProvider.System).Current();
        var judge = new TaskJudge(rules);
        var verdicts = new List<RuleVerdict>();
        foreach (var (task, evidence) in workspace.Episodes.Read().SelectMany(judge.Judge))
        {
            var strongest = evidence.FirstOrDefault(e => e.Source != Evidence.Log);
            var known =
                PersonLabel.Of(persons, task.Format, task.Tenant, task.Key)?.Says
                ?? evidence.FirstOrDefault(e => e.Source == Evidence.Log)?.Says;
            verdicts.Add(
                new RuleVerdict(task.Format, strongest?.Source ?? "", strongest?.Says ?? OutcomeKind.Unknown, known)
            );
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

/// <summary>The document of <c>labels review --json</c>.</summary>
/// <param name="Total">Tasks to review, those that are not shown among them.</param>
internal sealed record ReviewListOutput(IReadOnlyList<ReviewOrder> Orders, int Total, IReadOnlyList<ReviewTask> Tasks);
