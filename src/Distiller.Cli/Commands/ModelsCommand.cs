using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Jobs.Models;

namespace Distiller.Cli.Commands;

/// <summary><c>models check</c>: can this base be distilled, and do two implementations agree on it?</summary>
internal static class ModelsCommand
{
    public static Command Create() => new("models", "Base models.") { Check() };

    private static Command Check()
    {
        var path = new Argument<string>("base")
        {
            Description = "The base model: a GGUF file.",
            HelpName = "BASE.gguf",
        };
        var adapter = new Option<string>("--adapter")
        {
            Description = "An adapter to check on it: a PEFT folder or an adapter GGUF.",
            HelpName = "PEFT-DIR|ADAPTER.gguf",
        };
        var reference = new Option<string>("--reference")
        {
            Description = "Logits of an independent implementation: JSON with ids, logits_first, logits_last, nll.",
            HelpName = "FILE",
        };
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "check",
            "Tells whether a base is supported, and how far the trainer's logits are from llama.cpp's on the same tokens."
        )
        {
            path,
            adapter,
            reference,
            home,
            json,
        };
        command.SetAction(parsed =>
        {
            var report = ModelCheck.Run(
                parsed.GetRequiredValue(path),
                parsed.GetValue(adapter),
                parsed.GetValue(reference)
            );
            new Output(parsed.GetValue(json)).Result(report, ModelTables.ModelCheck);
            return ExitCode.Done;
        });
        return command;
    }
}
