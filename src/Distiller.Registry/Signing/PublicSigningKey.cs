using System.Security.Cryptography;
using System.Text;
using Distiller.Core;
using NSec.Cryptography;
using PublicKey = NSec.Cryptography.PublicKey;

namespace Distiller.Registry.Signing;

/// <summary>The half of a key pair that everybody may know: 32 bytes, named by a hash of them.</summary>
public sealed class PublicSigningKey
{
    public const int Bytes = 32;
    private const int IdLength = 32;

    private readonly PublicKey _key;

    /// <exception cref="ArgumentException">These are not 32 bytes that can be a key.</exception>
    public PublicSigningKey(byte[] raw)
    {
        _key =
            raw.Length == Bytes
            && PublicKey.TryImport(SignatureAlgorithm.Ed25519, raw, KeyBlobFormat.RawPublicKey, out var key)
                ? key!
                : throw new ArgumentException("This is no Ed25519 public key.", nameof(raw));
        Base64 = Convert.ToBase64String(raw);
        Id = Convert.ToHexStringLower(SHA256.HashData(raw))[..IdLength];
    }

    /// <summary>The first 32 hex digits of the SHA-256 of its bytes: what people compare.</summary>
    public string Id { get; }

    public string Base64 { get; }

    /// <summary>As OpenSSL reads it.</summary>
    public string Pem => Encoding.ASCII.GetString(_key.Export(KeyBlobFormat.PkixPublicKeyText));

    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        SignatureAlgorithm.Ed25519.Verify(_key, message, signature);

    /// <summary>Null: the text is no key.</summary>
    public static PublicSigningKey? Parse(string base64)
    {
        var raw = new byte[Bytes];
        try
        {
            return
                Convert.TryFromBase64String(base64, raw, out var count)
                && count == Bytes
                && Convert.ToBase64String(raw) == base64
                ? new PublicSigningKey(raw)
                : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A public key in PEM, or a line of base64, as <c>distiller keys show</c> gives both.</summary>
    /// <exception cref="BadInputException">The file is missing or holds no key.</exception>
    public static PublicSigningKey Read(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            if (PublicKey.TryImport(SignatureAlgorithm.Ed25519, bytes, KeyBlobFormat.PkixPublicKeyText, out var key))
            {
                return new PublicSigningKey(key!.Export(KeyBlobFormat.RawPublicKey));
            }

            return Parse(Encoding.UTF8.GetString(bytes).Trim())
                ?? throw Bad(path, "This is no Ed25519 public key, in PEM or base64.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad(path, "The public key cannot be read.", e);
        }
    }

    private static BadInputException Bad(string path, string reason, Exception? inner = null) =>
        new(
            new SourceLocation(path, 0),
            reason,
            "Where the releases are published, `distiller keys show --pem` writes it.",
            inner
        );
}
