using System.CommandLine;
using Distiller.Jobs;
using Spectre.Console;

namespace Distiller.Cli.Commands;

/// <summary>A command that runs one stage of the night in the workspace and shows what it made.</summary>
internal static class StageCommand
{
    /// <param name="settings">Names of the night's settings that the stage listens to.</param>
    public static Command Create<T>(
        string name,
        string description,
        IReadOnlyList<string> settings,
        Func<Night, CancellationToken, T> work,
        Action<IAnsiConsole, T> show
    )
    {
        var session = new NightSession(settings);
        var command = new Command(name, description);
        session.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var result = session.Run(parsed, night => work(night, cancellation));
                session.Output(parsed).Result(result, show);
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }
}
