using System.CommandLine;
using Distiller.Core;
using Distiller.Edge.Releases;

namespace Distiller.EdgeCli.Commands;

/// <summary><c>edge pull</c>: fetches a release, checks it, and uses it.</summary>
internal static class EdgePullCommand
{
    public static Command Create()
    {
        var registry = new Option<string>("--registry")
        {
            Description =
                "A folder of releases, or http://HOST:PORT/registry of a 'distiller serve'. Default: $DISTILLER_REGISTRY.",
            HelpName = "DIR|URL",
        };
        var release = new Option<string?>("--release")
        {
            Description =
                "An id, a channel, or 'latest'. Default: 'stable' if anything was promoted to it, else 'latest'.",
            HelpName = "ID",
        };
        var key = new Option<string?>("--key")
        {
            Description = "The public key to trust from now on. Default: the key met first, and those that it names.",
            HelpName = "FILE",
        };
        var baseModel = new Option<string?>("--base")
        {
            Description = "The base model it must be made for. Default: checked when it is served.",
            HelpName = "BASE.gguf",
        };
        var token = new Option<string?>("--token-file")
        {
            Description = $"A file with the server's token; or ${AccessToken.Variable}.",
            HelpName = "FILE",
        };
        var name = EdgeCommand.Name();
        var allow = EdgeCommand.Allow();
        var limits = new SettingOptions<PullOptions>(new PullOptions());
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "pull",
            """
            Fetches a release into --home, goes on where an earlier pull broke off, and uses it once every check passed. The
            release before stays, for rollback. Refused: damaged, unsigned, signed by another key, withdrawn, older than one
            taken before, of another base, without a fitting certificate, or with a closed gate.
            """
        )
        {
            registry,
            release,
            key,
            baseModel,
            token,
            name,
            allow,
            home,
            json,
        };
        limits.AddTo(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var place =
                    parsed.GetValue(registry)
                    ?? Environment.GetEnvironmentVariable("DISTILLER_REGISTRY")
                    ?? throw new BadInputException(
                        SourceLocation.Option("--registry"),
                        "Where to pull from is not said.",
                        "Give a folder of releases or the address of a server."
                    );
                using var source = ReleaseSource.Open(
                    place,
                    AccessToken.Read(parsed.GetValue(token), Environment.GetEnvironmentVariable(AccessToken.Variable))
                );
                var result = await new EdgeStore(parsed.GetRequiredValue(home), TimeProvider.System).PullAsync(
                    source,
                    limits.Read(parsed) with
                    {
                        Name = parsed.GetRequiredValue(name),
                        Reference = parsed.GetValue(release),
                        KeyPath = parsed.GetValue(key),
                        BasePath = parsed.GetValue(baseModel),
                        Allowed = (parsed.GetValue(allow) ?? []).ToHashSet(),
                    },
                    cancellation
                );
                new Output(parsed.GetValue(json)).Result(result, EdgeTables.Pulled);
                return ExitCode.Done;
            }
        );
        return command;
    }
}
