using Distiller.Core;
using NSec.Cryptography;

namespace Distiller.Registry.Signing;

/// <summary>
/// An Ed25519 key pair (RFC 8032) that signs releases. Its file is PKCS#8 in PEM, as OpenSSL writes it, and can be read by
/// its owner only.
/// </summary>
public sealed class SigningKey : IDisposable
{
    private const int FileBytesMax = 4096;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Key _key;

    private SigningKey(Key key)
    {
        _key = key;
        Public = new PublicSigningKey(key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
    }

    public PublicSigningKey Public { get; }

    public static SigningKey Create() =>
        new(
            Key.Create(
                SignatureAlgorithm.Ed25519,
                new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport }
            )
        );

    /// <exception cref="BadInputException">The file is missing, holds no key, or others than its owner may read or change it.</exception>
    public static SigningKey Read(string path)
    {
        byte[] bytes;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            // Of the file that was opened, whatever becomes of its name.
            if (
                !OperatingSystem.IsWindows()
                && (File.GetUnixFileMode(file.SafeFileHandle) & ~OwnerOnly) != UnixFileMode.None
            )
            {
                throw Bad(path, "Others on this machine can read or change the key.", $"Run `chmod 600 {path}`.");
            }

            if (file.Length > FileBytesMax)
            {
                throw Bad(path, "This is too long for a key.", Remedy);
            }

            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad(path, "The key cannot be read.", Remedy, e);
        }

        return Key.TryImport(SignatureAlgorithm.Ed25519, bytes, KeyBlobFormat.PkixPrivateKeyText, out var key)
            ? new SigningKey(key!)
            : throw Bad(path, "This is no Ed25519 private key in PEM.", Remedy);
    }

    /// <summary>Writes a new file, which only its owner may read from its first byte on.</summary>
    public void Write(string path) =>
        AtomicFile.WriteByName(
            path,
            temporary =>
            {
                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows())
                {
                    options.UnixCreateMode = OwnerOnly;
                }

                using var file = new FileStream(temporary, options);
                file.Write(_key.Export(KeyBlobFormat.PkixPrivateKeyText));
                return true;
            }
        );

    /// <summary>64 bytes; the same message and key give the same signature.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message) => SignatureAlgorithm.Ed25519.Sign(_key, message);

    public void Dispose() => _key.Dispose();

    private const string Remedy = "Restore it from a copy, or begin with a new one: distiller keys create.";

    private static BadInputException Bad(string path, string reason, string remedy, Exception? inner = null) =>
        new(new SourceLocation(path, 0), reason, remedy, inner);
}
