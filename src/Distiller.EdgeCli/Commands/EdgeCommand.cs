using System.CommandLine;
using Distiller.Core;
using Distiller.Edge.Releases;

namespace Distiller.EdgeCli.Commands;

/// <summary><c>edge pull|verify|list|use|rollback|status|serve</c>: last night's adapter on a device.</summary>
internal static class EdgeCommand
{
    public static Command Create()
    {
        var command = new Command(
            "edge",
            """
            Last night's adapter on a small machine: fetched, checked, served.

              ./distiller edge pull --registry DIR|URL --base BASE.gguf     a folder, a stick, or what 'serve' offers
              ./distiller edge serve --base BASE.gguf                       an OpenAI-style server at 127.0.0.1:8080
              ./distiller edge rollback                                     back to the release before

            A release is taken if its signature, base, certificate and gate are right and it is newer than those before it.
            """
        );
        foreach (var sub in All())
        {
            command.Subcommands.Add(sub);
        }

        return command;
    }

    /// <summary>The commands, each made afresh.</summary>
    public static IReadOnlyList<Command> All() =>
        [EdgePullCommand.Create(), Verify(), List(), Use(), Rollback(), Status(), EdgeServeCommand.Create()];

    /// <summary>The home of an edge need not be a workspace, but may be.</summary>
    public static Option<string> Name() =>
        new("--as")
        {
            Description = "The adapter's name on this device.",
            HelpName = "NAME",
            DefaultValueFactory = _ => PullOptions.DefaultName,
        };

    public static Option<Allowance[]> Allow() =>
        new("--allow")
        {
            Description =
                "Take it although it is unsigned, of a foreign-key, withdrawn, older, or has a closed-gate. May be repeated.",
            HelpName = "WHAT",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
            CustomParser = result =>
            {
                var allowed = new List<Allowance>();
                foreach (var token in result.Tokens)
                {
                    if (
                        Enum.TryParse<Allowance>(
                            token.Value.Replace("-", "", StringComparison.Ordinal),
                            true,
                            out var one
                        )
                        && Enum.IsDefined(one)
                        && !char.IsAsciiDigit(token.Value[0])
                    )
                    {
                        allowed.Add(one);
                    }
                    else
                    {
                        result.AddError(
                            $"--allow: '{token.Value}' is none of unsigned, foreign-key, withdrawn, older, closed-gate."
                        );
                    }
                }

                return [.. allowed];
            },
        };

    private static Command Verify()
    {
        var release = Reference();
        return Over(
            "verify",
            "Recomputes every hash of a release on this device and checks its signature, certificate, gate and base.",
            [release],
            (store, name, parsed, allowed) =>
                VerifiedRelease.Of(store.Verify(name, parsed.GetValue(release), allowed), name),
            EdgeTables.Verified
        );
    }

    private static Command List() =>
        Over("list", "Lists the releases on this device.", [], (store, _, _, _) => store.List(), EdgeTables.Releases);

    private static Command Use()
    {
        var release = Reference();
        return Over(
            "use",
            "Uses a release that is on this device; a server that is running goes over to it.",
            [release],
            (store, name, parsed, allowed) => store.Use(name, parsed.GetValue(release) ?? "current", allowed),
            EdgeTables.Used
        );
    }

    private static Command Rollback() =>
        Over(
            "rollback",
            "Goes back to the release that was in use before.",
            [],
            (store, name, _, _) => store.RollBack(name),
            EdgeTables.Used
        );

    private static Command Status() =>
        Over(
            "status",
            "Tells what is in use, whom it is trusted from, and what is wrong.",
            [],
            (store, _, _, _) => EdgeStatus.Of(store),
            EdgeTables.Status
        );

    private static Argument<string?> Reference() =>
        new("release")
        {
            Description = "Its id or the beginning of it. Default: the one in use.",
            Arity = ArgumentArity.ZeroOrOne,
        };

    private static Command Over<T>(
        string name,
        string description,
        IEnumerable<Argument> arguments,
        Func<EdgeStore, string, ParseResult, IReadOnlySet<Allowance>, T> act,
        Action<Spectre.Console.IAnsiConsole, T> show
    )
    {
        var adapter = Name();
        var allow = Allow();
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(name, description) { home, json };
        if (name is not ("list" or "status"))
        {
            command.Options.Add(adapter);
        }

        if (name is "verify" or "use")
        {
            command.Options.Add(allow);
        }

        foreach (var argument in arguments)
        {
            command.Arguments.Add(argument);
        }

        command.SetAction(parsed =>
        {
            var store = new EdgeStore(parsed.GetRequiredValue(home), TimeProvider.System);
            var result = act(
                store,
                parsed.GetResult(adapter) is null ? PullOptions.DefaultName : parsed.GetRequiredValue(adapter),
                parsed,
                (parsed.GetResult(allow) is null ? [] : parsed.GetValue(allow) ?? []).ToHashSet()
            );
            new Output(parsed.GetValue(json)).Result(result, show);
            return ExitCode.Done;
        });
        return command;
    }
}

/// <summary>What <c>edge verify</c> prints.</summary>
/// <param name="Key">That signed it; null: it is not signed.</param>
internal sealed record VerifiedRelease(
    string Name,
    string Release,
    int Sequence,
    string BaseSha256,
    string? Key,
    bool HasCanary
)
{
    public static VerifiedRelease Of(Distiller.Registry.Release release, string name) =>
        new(
            name,
            release.Id,
            release.Sequence,
            release.Base.Sha256,
            release.Signature?.Key,
            release.Canary is not null
        );
}

/// <summary>What <c>edge status</c> prints.</summary>
internal sealed record EdgeStatus(string Home, IReadOnlyList<AdapterStatus> Adapters)
{
    public static EdgeStatus Of(EdgeStore store) =>
        new(store.Home, [.. store.Read().Adapters.Select(a => AdapterStatus.Of(store, a.Key, a.Value))]);
}

/// <summary>One adapter of a device.</summary>
/// <param name="Release">In use; null: none.</param>
/// <param name="Before">That a rollback leads to; null: none.</param>
/// <param name="Key">That is trusted now.</param>
/// <param name="Fault">Why what is in use cannot be used; null: every check passed.</param>
internal sealed record AdapterStatus(
    string Name,
    string? Release,
    string? Before,
    string Registry,
    string? Key,
    int SequenceMax,
    string? Fault
)
{
    public static AdapterStatus Of(EdgeStore store, string name, AdapterState state)
    {
        string? fault = null;
        try
        {
            store.Verify(name);
        }
        catch (BadInputException e)
        {
            fault = e.Reason;
        }

        return new AdapterStatus(
            name,
            state.Current,
            state.Used.Count > 1 ? state.Used[^2] : null,
            state.Registry,
            state.Key is { } key ? Distiller.Registry.Signing.PublicSigningKey.Parse(key)?.Id : null,
            state.SequenceMax,
            fault
        );
    }
}
