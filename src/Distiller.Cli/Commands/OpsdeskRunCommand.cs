using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Evaluation;
using Distiller.Jobs;
using Distiller.Opsdesk.Nights;

namespace Distiller.Cli.Commands;

/// <summary><c>opsdesk run</c>: a model works tickets.</summary>
internal static class OpsdeskRunCommand
{
    public static Command Create()
    {
        var basePath = CommonOptions.Base(required: true);
        var adapter = new Option<string>("--adapter")
        {
            Description = "An adapter for the base: a GGUF file.",
            HelpName = "ADAPTER.gguf",
        };
        var handbook = new Option<bool>("--handbook")
        {
            Description = "The handbook stands in the prompt, as it does unless there is an adapter.",
        };
        var noHandbook = new Option<bool>("--no-handbook")
        {
            Description = "Only the short line stands in the prompt.",
        };
        var trial = new SettingOptions<DeskTrial>(
            new DeskTrial { TestTickets = 50 },
            [.. DeskTrial.CompanyNames, "test-tickets", "test-seed", "max-output"]
        );
        trial["test-tickets"].Aliases.Add("--tickets");
        trial["test-seed"].Aliases.Add("--seed");
        var machine = new SettingOptions<NightSettings>(new NightSettings { BasePath = "" }, "threads");
        var transcripts = new Option<string>("--transcripts")
        {
            Description = "Writes every ticket as it was worked, one a line.",
            HelpName = "FILE.jsonl",
        };
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "run",
            """
            Lets a model work tickets in the edge runtime and counts what it solved, what failed and why, and the tokens.
            The tickets are those of the days after the handbook has changed, which no log holds.
            """
        )
        {
            basePath,
            adapter,
            handbook,
            noHandbook,
        };
        trial.AddTo(command);
        machine.AddTo(command);
        foreach (var option in new Option[] { transcripts, home, json })
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(handbook) && result.GetValue(noHandbook))
            {
                result.AddError("--handbook and --no-handbook exclude each other.");
            }
        });
        command.SetAction(
            (parsed, cancellation) =>
            {
                var described = trial.Read(parsed);
                var tasks = OpsdeskTasks.Draw(described.Generate(), described.TestTickets, described.TestSeed);
                var adapterPath = parsed.GetValue(adapter);
                var isVerbose = parsed.GetValue(handbook) || (adapterPath is null && !parsed.GetValue(noHandbook));
                var options = described.Options with { ThreadsPerArm = machine.Read(parsed).Threads };
                var measured = ProgressBars.Run(progress =>
                    DeskRun.Work(
                        parsed.GetRequiredValue(basePath),
                        adapterPath,
                        isVerbose,
                        tasks,
                        options,
                        progress,
                        cancellation
                    )
                );
                if (parsed.GetValue(transcripts) is { } path)
                {
                    DeskTranscript.Write(Path.GetFullPath(path), tasks, measured);
                }

                var prices = PriceFile.Read(ShippedFile.Find(ShippedFile.Prices));
                var figures = TrialFigures.Of(measured.Rows, measured.Requests, prices, options, training: null);
                new Output(parsed.GetValue(json)).Result(
                    new DeskRunResult(
                        tasks.Title,
                        measured.Base.Name,
                        measured.Arms[0].Adapter?.Name,
                        isVerbose,
                        figures.Arms[0],
                        parsed.GetValue(transcripts)
                    ),
                    DeskTables.DeskRun
                );
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }
}

/// <summary>The document of <c>opsdesk run --json</c>.</summary>
/// <param name="Base">File name of the model.</param>
/// <param name="Adapter">File name of the adapter; null: the base alone.</param>
/// <param name="Handbook">Whether it stood in the prompt.</param>
/// <param name="Transcripts">Where they were written; null where nobody asked.</param>
internal sealed record DeskRunResult(
    string Tasks,
    string Base,
    string? Adapter,
    bool Handbook,
    TrialArmFigures Figures,
    string? Transcripts
);
