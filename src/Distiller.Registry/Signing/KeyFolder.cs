using Distiller.Core;

namespace Distiller.Registry.Signing;

/// <summary>
/// The keys of a workspace: <c>keys/signing.pem</c> signs now, <c>keys/keys.json</c> tells every key before it. What the
/// public may know of them is copied into each registry that is published to.
/// </summary>
public sealed class KeyFolder(string home, TimeProvider time)
{
    public const string Name = "keys";
    private const string KeyName = "signing.pem";

    public string Folder { get; } = Path.Combine(home, Name);

    public string KeyPath => Path.Combine(Folder, KeyName);

    private string PublicPath => Path.Combine(Folder, RegistryKeys.FileName);

    /// <summary>Null: there is none yet.</summary>
    /// <exception cref="BadInputException">The key's file is damaged, or others may read it.</exception>
    public SigningKey? Find() => File.Exists(KeyPath) ? SigningKey.Read(KeyPath) : null;

    /// <summary>The key that is there, or else a new one.</summary>
    public SigningKey FindOrCreate()
    {
        using var onlyOne = Lock();
        return Find() ?? CreateAlone();
    }

    /// <exception cref="BadInputException">There is one already.</exception>
    public SigningKey Create()
    {
        using var onlyOne = Lock();
        return File.Exists(KeyPath)
            ? throw new BadInputException(
                new SourceLocation(KeyPath, 0),
                "There is a key already.",
                "Show it with `distiller keys show`, or replace it with `distiller keys rotate`."
            )
            : CreateAlone();
    }

    /// <summary>A new key, which the old one names as its successor. The old private key is gone for good.</summary>
    /// <param name="lastSequence">The last release that the old key may have signed.</param>
    /// <exception cref="BadInputException">There is no key to replace.</exception>
    public SigningKey Rotate(int lastSequence)
    {
        using var onlyOne = Lock();
        using var old = Find() ?? throw Missing();
        var next = SigningKey.Create();
        var rotations = Public().Rotations;
        // The statement first: a process that is killed between the two leaves the old key in use, and the next rotation
        // drops what it said of a key that never came to be.
        WritePublic(
            new RegistryKeys(
                RegistryKeys.CurrentSchema,
                next.Public.Base64,
                [
                    .. rotations.Where(r => r.From != old.Public.Base64),
                    KeyRotation.Make(old, next.Public, lastSequence, time.GetUtcNow()),
                ]
            )
        );
        next.Write(KeyPath);
        return next;
    }

    /// <summary>What everybody may know of the keys.</summary>
    /// <exception cref="BadInputException">There is no key.</exception>
    public RegistryKeys Public()
    {
        using var key = Find() ?? throw Missing();
        var kept = File.Exists(PublicPath)
            ? ReleaseJson.Read<RegistryKeys>(PublicPath, ReleaseJson.MaxManifestBytes, "Restore it from a copy.")
            : new RegistryKeys(RegistryKeys.CurrentSchema, key.Public.Base64, []);
        // A rotation that was killed named a key that never came to be.
        return kept with
        {
            Current = key.Public.Base64,
            Rotations = [.. kept.Rotations.Where(r => r.From != key.Public.Base64)],
        };
    }

    private SigningKey CreateAlone()
    {
        var key = SigningKey.Create();
        key.Write(KeyPath);
        WritePublic(new RegistryKeys(RegistryKeys.CurrentSchema, key.Public.Base64, []));
        return key;
    }

    private void WritePublic(RegistryKeys keys) => AtomicFile.WriteAllBytes(PublicPath, ReleaseJson.Write(keys));

    private FileLock Lock()
    {
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(
                Folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
        }

        return FileLock.Take(Path.Combine(Folder, ".lock"), "Another command over the keys", time);
    }

    private BadInputException Missing() =>
        new(
            new SourceLocation(KeyPath, 0),
            "There is no key.",
            "Make one with `distiller keys create`; `distiller publish` does it too."
        );
}
