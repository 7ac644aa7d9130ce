using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Registry;

namespace Distiller.Cli.Commands;

/// <summary><c>releases list|show|verify</c>: what was published.</summary>
internal static class ReleasesCommand
{
    public static Command Create() =>
        new("releases", "Published adapters.")
        {
            Over(
                "list",
                "Lists all releases, the oldest first.",
                reference: false,
                (registry, _) => registry.List(),
                Tables.Releases
            ),
            Over(
                "show",
                "Shows one release: files with hashes, figures, lineage.",
                reference: true,
                (registry, id) => registry.Show(id),
                Tables.Release
            ),
            Over(
                "verify",
                "Recomputes the hash of every file of a release.",
                reference: true,
                (registry, id) => registry.Verify(id),
                Tables.Verified
            ),
        };

    private static Command Over<T>(
        string name,
        string description,
        bool reference,
        Func<ReleaseRegistry, string, T> read,
        Action<Spectre.Console.IAnsiConsole, T> show
    )
    {
        var id = new Argument<string>("release")
        {
            Description = "Its id, the beginning of it, or 'latest'.",
            DefaultValueFactory = _ => "latest",
        };
        var registry = CommonOptions.Registry();
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(name, description) { registry, home, json };
        if (reference)
        {
            command.Arguments.Add(id);
        }

        command.SetAction(parsed =>
        {
            var folder = CommonOptions.RegistryOf(parsed, registry, parsed.GetRequiredValue(home));
            var result = read(
                new ReleaseRegistry(folder, TimeProvider.System),
                reference ? parsed.GetRequiredValue(id) : ""
            );
            new Output(parsed.GetValue(json)).Result(result, show);
            return ExitCode.Done;
        });
        return command;
    }
}
