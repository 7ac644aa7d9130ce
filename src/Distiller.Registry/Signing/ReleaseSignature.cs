using System.Security.Cryptography;
using System.Text;
using Distiller.Core;

namespace Distiller.Registry.Signing;

/// <summary>
/// What <c>signature.json</c> of a release holds: an Ed25519 signature over the SHA-256 of its manifest
/// (<c>release.json</c>, which holds the hash of every other file) and of its certificate (<c>evaluation.json</c>).
/// </summary>
/// <param name="PublicKey">Of whoever signed, base64. That it is genuine says nothing of whether it is to be trusted.</param>
/// <param name="ManifestSha256">Of <c>release.json</c>, byte for byte.</param>
/// <param name="CertificateSha256">Of <c>evaluation.json</c>.</param>
/// <param name="Signature">Base64 of 64 bytes.</param>
public sealed record ReleaseSignature(
    string Schema,
    string PublicKey,
    string ManifestSha256,
    string CertificateSha256,
    string Signature
)
{
    public const string CurrentSchema = "distiller.signature/1";
    public const string FileName = "signature.json";
    private const int SignatureBytes = 64;

    public static ReleaseSignature Make(SigningKey key, byte[] manifest, string certificateSha256)
    {
        var unsigned = new ReleaseSignature(
            CurrentSchema,
            key.Public.Base64,
            Convert.ToHexStringLower(SHA256.HashData(manifest)),
            certificateSha256,
            ""
        );
        return unsigned with { Signature = Convert.ToBase64String(key.Sign(unsigned.Message())) };
    }

    /// <summary>The key that signed this manifest and certificate.</summary>
    /// <param name="path">Of the signature, for the error.</param>
    /// <exception cref="BadInputException">It is of something else, or not what the key signed.</exception>
    public PublicSigningKey Signer(string path, byte[] manifest, string certificateSha256)
    {
        if (Schema != CurrentSchema)
        {
            throw ReleaseFolder.Bad(path, "The signature is of a schema this version does not know.");
        }

        if (
            ManifestSha256 != Convert.ToHexStringLower(SHA256.HashData(manifest))
            || CertificateSha256 != certificateSha256
        )
        {
            throw ReleaseFolder.Bad(path, "The signature is of another manifest or certificate.");
        }

        var signature = new byte[SignatureBytes];
        return
            PublicSigningKey.Parse(PublicKey) is { } key
            && Convert.TryFromBase64String(Signature, signature, out var count)
            && count == SignatureBytes
            // One signature is written in one way: base64 would let its last bits vary.
            && Convert.ToBase64String(signature) == Signature
            && key.Verify(Message(), signature)
            ? key
            : throw ReleaseFolder.Bad(path, "The signature is not one of the key it names.");
    }

    private byte[] Message() =>
        Encoding.UTF8.GetBytes(
            $"{CurrentSchema}\nrelease.json {ManifestSha256}\nevaluation.json {CertificateSha256}\n"
        );
}

/// <summary>Whether a release is signed, and by which key; <see cref="Release.Signature"/>.</summary>
/// <param name="Key">The <see cref="PublicSigningKey.Id"/>; null where it is not signed.</param>
/// <param name="PublicKey">Base64; null where it is not signed.</param>
public sealed record SignatureStatus(bool IsSigned, string? Key, string? PublicKey)
{
    public static SignatureStatus Unsigned { get; } = new(false, null, null);
}
