using System.Globalization;
using System.Text;

namespace Distiller.Registry.Signing;

/// <summary>
/// A key names its successor, signed by itself: who trusts the old key may trust the new one. The old key goes on vouching
/// for what it signed up to <see cref="LastSequence"/>, and for nothing later.
/// </summary>
/// <param name="From">The old public key, base64.</param>
/// <param name="To">The new public key, base64.</param>
/// <param name="LastSequence">The last <see cref="Release.Sequence"/> that the old key may have signed; 0 for none.</param>
/// <param name="At">When it was said; told to people, never decided by.</param>
/// <param name="Signature">By the old key, base64.</param>
public sealed record KeyRotation(string From, string To, int LastSequence, DateTimeOffset At, string Signature)
{
    public static KeyRotation Make(SigningKey from, PublicSigningKey to, int lastSequence, DateTimeOffset at)
    {
        var unsigned = new KeyRotation(from.Public.Base64, to.Base64, lastSequence, at, "");
        return unsigned with { Signature = Convert.ToBase64String(from.Sign(unsigned.Message())) };
    }

    /// <summary>Whether the old key really said so.</summary>
    public bool IsGenuine()
    {
        var signature = new byte[64];
        return PublicSigningKey.Parse(From) is { } from
            && PublicSigningKey.Parse(To) is not null
            && Convert.TryFromBase64String(Signature, signature, out var count)
            && from.Verify(Message(), signature.AsSpan(0, count));
    }

    private byte[] Message() =>
        Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"distiller.key-rotation/1\n{From}\n{To}\n{LastSequence}\n{At.UtcDateTime:O}\n"
            )
        );
}

/// <summary>The keys of a registry, as <c>keys.json</c> holds them: what an edge follows from the key it trusts.</summary>
/// <param name="Current">The public key that signs now, base64.</param>
/// <param name="Rotations">Every change, the oldest first.</param>
public sealed record RegistryKeys(string Schema, string Current, IReadOnlyList<KeyRotation> Rotations)
{
    public const string CurrentSchema = "distiller.keys/1";
    public const string FileName = "keys.json";
}
