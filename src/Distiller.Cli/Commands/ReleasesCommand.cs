using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Registry;

namespace Distiller.Cli.Commands;

/// <summary><c>releases list|show|verify|promote|rollback|channels</c>: what was published, and what people approved.</summary>
internal static class ReleasesCommand
{
    public static Command Create() =>
        new(
            "releases",
            """
            Published adapters. 'latest' is the newest; a channel leads to what a person approved:

              ./distiller releases promote latest           'stable' leads to it, after every hash was checked
              ./distiller releases rollback                 and back to the one before
              ./distiller releases show stable
            """
        )
        {
            Over(
                "list",
                "Lists all releases, the oldest first.",
                reference: false,
                (registry, _) => registry.List(),
                ReleaseTables.Releases
            ),
            Over(
                "show",
                "Shows one release: files with hashes, figures, lineage.",
                reference: true,
                (registry, id) => registry.Show(id),
                ReleaseTables.Release
            ),
            Over(
                "verify",
                "Recomputes the hash of every file of a release.",
                reference: true,
                (registry, id) => registry.Verify(id),
                ReleaseTables.Verified
            ),
            Promote(),
            Rollback(),
            Over(
                "channels",
                "Lists the channels, where each leads, and its history.",
                reference: false,
                (registry, _) => registry.Channels.List(),
                ReleaseTables.Channels
            ),
        };

    private static Command Promote()
    {
        var id = Reference();
        return Change(
            "promote",
            "Lets a channel lead to a release, after the hash of every file of it was recomputed.",
            [id],
            (channels, parsed, by, channel) => channels.Promote(parsed.GetRequiredValue(id), by, channel)
        );
    }

    private static Command Rollback() =>
        Change(
            "rollback",
            "Lets a channel lead to the release before its present one, after the hash of every file of that was recomputed.",
            [],
            (channels, _, by, channel) => channels.RollBack(by, channel)
        );

    private static Command Change(
        string name,
        string description,
        IEnumerable<Argument> arguments,
        Func<ReleaseChannels, ParseResult, string, string, ReleaseChannel> change
    )
    {
        var channel = new Option<string>("--channel")
        {
            Description = "Lower-case letters, digits and hyphens.",
            HelpName = "NAME",
            DefaultValueFactory = _ => ReleaseChannels.Stable,
        };
        var by = CommonOptions.By();
        var registry = CommonOptions.Registry();
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(name, description) { channel, by, registry, home, json };
        foreach (var argument in arguments)
        {
            command.Arguments.Add(argument);
        }

        command.SetAction(parsed =>
        {
            var folder = CommonOptions.RegistryOf(parsed, registry, parsed.GetRequiredValue(home));
            var result = change(
                new ReleaseRegistry(folder, TimeProvider.System).Channels,
                parsed,
                parsed.GetRequiredValue(by),
                parsed.GetRequiredValue(channel)
            );
            new Output(parsed.GetValue(json)).Result(result, ReleaseTables.Channel);
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> Reference() =>
        new("release")
        {
            Description = "Its id, the beginning of it, 'latest', or a channel, for example 'stable'.",
            DefaultValueFactory = _ => ReleaseRegistry.Latest,
        };

    private static Command Over<T>(
        string name,
        string description,
        bool reference,
        Func<ReleaseRegistry, string, T> read,
        Action<Spectre.Console.IAnsiConsole, T> show
    )
    {
        var id = Reference();
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
