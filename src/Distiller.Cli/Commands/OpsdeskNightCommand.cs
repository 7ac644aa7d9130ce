using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Core.Settings;
using Distiller.Evaluation;
using Distiller.Opsdesk.Nights;
using Distiller.Study;
using Distiller.Training.Distilling;

namespace Distiller.Cli.Commands;

/// <summary><c>opsdesk night</c>: the whole loop, from the expert's logs to the arms on tickets of later days.</summary>
internal static class OpsdeskNightCommand
{
    public static Command Create()
    {
        var trial = new SettingOptions<DeskTrial>(
            new DeskTrial(),
            [
                .. DeskTrial.CompanyNames,
                "test-tickets",
                "test-seed",
                .. Setting.NamesOf<TrialOptions>(),
                .. Setting.NamesOf<ReplayOptions>(),
            ]
        );
        var expert = new SettingOptions<DeskWork>(new DeskWork());
        var session = new NightSession(
            DeskNight.Settings(ShippedFile.Find(ShippedFile.TinyBase)),
            [
                "seed",
                "holdout",
                .. Setting.NamesOf<StudyOptions>(),
                .. Setting.NamesOf<TrainingOptions>(),
                "max-holdout-tokens",
                "tool-steps",
                "threads",
                "device",
                "embedder",
            ]
        );
        var command = new Command(
            "night",
            """
            The closed loop on the sample company: the expert works some days' tickets, the night distills its logs, and the
            base works tickets of later days bare (A0), with the handbook (A1), with the adapter (A2, A3), with the null
            control (A4), with retrieval, and with a router between adapter and retrieval. Nothing is published, and the exit
            code is 1, unless the adapter, alone or with its router, is shown to be as good as the handbook. One home is for one company. Killed, the same command goes on from there.
            """
        );
        trial.AddTo(command);
        expert.AddTo(command);
        session.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var described = trial.Read(parsed);
                var report = session.Run(
                    parsed,
                    night =>
                        DeskNight.Run(
                            night,
                            described,
                            expert.Read(parsed).TicketsPerDay,
                            Path.Combine(session.Home(parsed), "logs"),
                            cancellation
                        ),
                    settings => described.Compose(settings, default, ShippedFile.Find(ShippedFile.Prices))
                );
                session.Output(parsed).Result(report, StageTables.Night);
                return Task.FromResult(report.Published ? ExitCode.Done : ExitCode.Failed);
            }
        );
        return command;
    }
}
