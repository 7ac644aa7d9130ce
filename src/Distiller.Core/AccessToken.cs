using System.Security.Cryptography;
using System.Text;

namespace Distiller.Core;

/// <summary>The secret that opens a server. Only its digest is kept.</summary>
public sealed class AccessToken
{
    public const int LengthMin = 32;

    /// <summary>The environment variable it may come from.</summary>
    public const string Variable = "DISTILLER_TOKEN";

    public const string HowToMake = "openssl rand -hex 32";

    private const int FileBytesMax = 4096;

    private const UnixFileMode OthersMay =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    private readonly byte[] _digest;

    /// <param name="place">Where it came from, for the error.</param>
    /// <exception cref="BadInputException">It is too short to be safe, or could not be typed or sent.</exception>
    public AccessToken(string value, string place)
    {
        if (value.Length < LengthMin || value.Distinct().Count() < LengthMin / 4)
        {
            throw Bad(place, $"The token is too easy to guess; it needs at least {LengthMin} random characters.");
        }

        if (value.Any(c => c is <= ' ' or > '~'))
        {
            throw Bad(place, "The token has a blank, or a character that is not ASCII, within it.");
        }

        _digest = Digest(value);
    }

    /// <summary>Changes when the token does: sessions that were begun with another one end.</summary>
    public string Fingerprint => Convert.ToHexString(HMACSHA256.HashData(_digest, "distiller session"u8));

    /// <summary>The token from its file, or else from the environment; null where neither is given.</summary>
    /// <param name="file">What <c>--token-file</c> says.</param>
    /// <param name="variable">What <c>$DISTILLER_TOKEN</c> holds.</param>
    /// <exception cref="BadInputException">
    /// The file cannot be read, others than its owner can read or change it, or what it holds cannot be used.
    /// </exception>
    public static string? Read(string? file, string? variable)
    {
        if (file is null)
        {
            return string.IsNullOrEmpty(variable) ? null : Checked(variable.Trim(), "$" + Variable);
        }

        try
        {
            using var opened = new StreamReader(file);
            var stream = (FileStream)opened.BaseStream;
            // Of the file that was opened, whatever becomes of its name.
            if (
                !OperatingSystem.IsWindows()
                && (File.GetUnixFileMode(stream.SafeFileHandle) & OthersMay) != UnixFileMode.None
            )
            {
                throw Bad(
                    file,
                    "Others on this machine can read or change the token's file.",
                    $"Run `chmod 600 {file}`."
                );
            }

            return stream.Length > FileBytesMax
                ? throw Bad(file, "This is too long for a token.")
                : Checked(opened.ReadToEnd().Trim(), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad(file, "The token cannot be read.", inner: e);
        }
    }

    /// <summary>Takes as long for a token that is nearly right as for one that is all wrong.</summary>
    public bool Is(string candidate) => CryptographicOperations.FixedTimeEquals(Digest(candidate), _digest);

    private static string Checked(string value, string place)
    {
        _ = new AccessToken(value, place);
        return value;
    }

    private static byte[] Digest(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(value));

    private static BadInputException Bad(
        string place,
        string reason,
        string remedy = $"Make one with `{HowToMake} > token && chmod 600 token` and pass --token-file token.",
        Exception? inner = null
    ) => new(new SourceLocation(place, 0), reason, remedy, inner);
}
