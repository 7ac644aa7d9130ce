using System.CommandLine;
using Distiller.Cli.Desk;
using Distiller.Cli.Terminal;
using Distiller.Jobs;
using Distiller.Mining.Splitting;
using Distiller.Opsdesk;

namespace Distiller.Cli.Commands;

/// <summary><c>opsdesk night</c>: the whole loop, from the expert's logs to the arms on tickets of later days.</summary>
internal static class OpsdeskNightCommand
{
    public static Command Create()
    {
        var company = new CompanyChoice();
        var perDay = OpsdeskOptions.Ranged("--tickets-per-day", "Tickets of each of them", 200, 1, Ticket.PerDayMax);
        var tickets = OpsdeskOptions.Ranged("--test-tickets", "Tickets of the days after", 300, 1, Ticket.PerDayMax);
        var seed = OpsdeskOptions.TicketSeed("--test-seed");
        var output = OpsdeskOptions.OutputTokensMax();
        var margin = OpsdeskOptions.Ranged("--margin", "Loss of success that still counts as none", 0.03, 0.001, 0.5);
        var volume = OpsdeskOptions.Ranged("--volume", "Tasks that pay off the training", 10_000L, 1, 1_000_000_000);
        var session = new NightSession(
            Defaults,
            "--seed",
            "--holdout",
            "--max-train-tokens",
            "--epochs",
            "--rank",
            "--alpha",
            "--learning-rate",
            "--tokens-per-step",
            "--max-holdout-tokens",
            "--tool-steps",
            "--threads",
            "--device",
            "--precision"
        );
        var command = new Command(
            "night",
            """
            The closed loop on the sample company: the expert works some days' tickets, the night distills its logs, and the
            base works tickets of later days bare (A0), with the handbook (A1), with the adapter (A2, A3) and with the null
            control (A4). Nothing is published, and the exit code is 1, unless the adapter is shown to be as good as the
            handbook. One home is for one company. Killed, the same command goes on from there.
            """
        );
        company.AddTo(command);
        foreach (var option in new Option[] { perDay, tickets, seed, output, margin, volume })
        {
            command.Add(option);
        }

        session.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var desk = company.Generate(parsed);
                var report = session.Run(
                    parsed,
                    night =>
                    {
                        var logs = new DeskLogs(desk, Path.Combine(session.Home(parsed), "logs"));
                        logs.RefuseOthers(night.Workspace);
                        var files = logs.Write(desk.Options.DriftDay, parsed.GetValue(perDay), night.Progress);
                        return new NightlyPipeline(night).Run(files, desk.Name, cancellation);
                    },
                    settings =>
                        new DeskTrial(
                            desk.Options.Seed,
                            desk.Options.Rules,
                            desk.Options.ChangedRules,
                            desk.Options.DriftDay,
                            parsed.GetValue(tickets),
                            parsed.GetValue(seed),
                            parsed.GetValue(output),
                            parsed.GetValue(margin),
                            parsed.GetValue(volume)
                        ).Compose(settings, default)
                );
                session.Output(parsed).Result(report, StageTables.Night);
                return Task.FromResult(report.Published ? ExitCode.Done : ExitCode.Failed);
            }
        );
        return command;
    }

    /// <summary>
    /// Many short rows, seen a few times in small steps at a high rate: procedures are to be known by heart, in whatever
    /// words a ticket asks for them (at steps twice as large, one company's adapter lost 14 of 584 tickets to wordings
    /// that no log had shown, and 2 at these). Tickets are written from few
    /// templates, so nearly the same words are no sign of the same task.
    /// </summary>
    private static NightSettings Defaults { get; } =
        new()
        {
            BasePath = ShippedFile.Find(ShippedFile.TinyBase),
            SystemLine = DeskPrompt.Short,
            Split = SplitMethod.Time,
            SimilarityMin = 1,
            HoldoutShare = 0.1,
            Epochs = 2,
            MaxTrainTokens = 400_000,
            LearningRate = 3e-3,
            TokensPerStep = 1024,
            MaxHoldoutTokens = 12_000,
            ToolSteps = 2,
        };
}
