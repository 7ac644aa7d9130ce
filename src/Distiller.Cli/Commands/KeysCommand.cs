using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Registry;
using Distiller.Registry.Signing;

namespace Distiller.Cli.Commands;

/// <summary><c>keys create|show|rotate</c>: the Ed25519 key that signs a workspace's releases.</summary>
internal static class KeysCommand
{
    public static Command Create() =>
        new(
            "keys",
            """
            The key that signs releases (Ed25519). 'publish' makes one where there is none. An edge trusts the key that it
            met first, or was given, and follows it when it is replaced:

              ./distiller keys show --pem > night.pub       for: ./distiller edge pull --key night.pub
              ./distiller keys rotate                       the old key names the new one; edges follow
            """
        )
        {
            Over("create", "Makes a key where there is none.", (keys, _) => keys.Create().Dispose()),
            Show(),
            Over(
                "rotate",
                "Replaces the key. Releases signed before stay valid; the old private key is deleted.",
                (keys, registry) =>
                {
                    var releases = new ReleaseRegistry(registry, TimeProvider.System);
                    keys.Rotate(releases.LastSequence()).Dispose();
                    if (Directory.Exists(registry))
                    {
                        releases.Announce(keys.Public());
                    }
                }
            ),
        };

    private static Command Show()
    {
        var pem = new Option<bool>("--pem") { Description = "Only the public key, in PEM, for a file." };
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command("show", "Shows the public key and those before it.") { pem, home, json };
        command.SetAction(parsed =>
        {
            var keys = new KeyFolder(parsed.GetRequiredValue(home), TimeProvider.System);
            var shown = ShownKeys.Of(keys);
            if (parsed.GetValue(pem))
            {
                Console.Out.Write(shown.Pem);
                return ExitCode.Done;
            }

            new Output(parsed.GetValue(json)).Result(shown, KeyTables.Keys);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Over(string name, string description, Action<KeyFolder, string> change)
    {
        var registry = CommonOptions.Registry();
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(name, description) { registry, home, json };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetRequiredValue(home);
            var keys = new KeyFolder(folder, TimeProvider.System);
            change(keys, CommonOptions.RegistryOf(parsed, registry, folder));
            new Output(parsed.GetValue(json)).Result(ShownKeys.Of(keys), KeyTables.Keys);
            return ExitCode.Done;
        });
        return command;
    }
}

/// <summary>What <c>keys</c> prints; never anything of the private key.</summary>
/// <param name="Id">What people compare: the beginning of the SHA-256 of the public key.</param>
/// <param name="PublicKey">32 bytes, base64.</param>
/// <param name="File">Where the private key lies.</param>
internal sealed record ShownKeys(
    string Id,
    string PublicKey,
    string Pem,
    string File,
    IReadOnlyList<ShownRotation> Rotations
)
{
    public static ShownKeys Of(KeyFolder folder)
    {
        var keys = folder.Public();
        var current = PublicSigningKey.Parse(keys.Current)!;
        return new ShownKeys(
            current.Id,
            current.Base64,
            current.Pem,
            folder.KeyPath,
            [
                .. keys.Rotations.Select(r => new ShownRotation(
                    PublicSigningKey.Parse(r.From)?.Id ?? "?",
                    PublicSigningKey.Parse(r.To)?.Id ?? "?",
                    r.LastSequence,
                    r.At
                )),
            ]
        );
    }
}

/// <summary>One replacement of a key, by ids.</summary>
internal sealed record ShownRotation(string From, string To, int LastSequence, DateTimeOffset At);
