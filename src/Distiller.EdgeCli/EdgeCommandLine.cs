using System.CommandLine;
using Distiller.EdgeCli.Commands;

namespace Distiller.EdgeCli;

/// <summary>The commands of <c>distiller edge</c>, as a program that holds no trainer.</summary>
internal static class EdgeCommandLine
{
    public static RootCommand Build()
    {
        var root = new RootCommand(
            """
            Last night's adapter on a small machine: what 'distiller edge' does, in a program that holds no trainer.

              distiller-edge pull --registry DIR|URL --base BASE.gguf     a folder, a stick, or what 'distiller serve' offers
              distiller-edge serve --base BASE.gguf                       an OpenAI-style server at 127.0.0.1:8080
              distiller-edge rollback                                     back to the release before
            """
        );
        foreach (var command in EdgeCommand.All())
        {
            root.Subcommands.Add(command);
        }

        return root;
    }
}
