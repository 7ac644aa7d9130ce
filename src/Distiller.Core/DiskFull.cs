namespace Distiller.Core;

/// <summary>Turns "no space left" of the file system, in whichever words it comes, into one clear error.</summary>
public static class DiskFull
{
    private const int NoSpaceErrno = 28;
    private const int QuotaErrno = 122;
    private const string Reason = "The disk is full; nothing that was stored before was harmed.";

    /// <summary>Runs a step that writes below <paramref name="place"/>.</summary>
    public static T Guard<T>(string place, Func<T> step)
    {
        try
        {
            return step();
        }
        catch (IOException e) when (IsNoSpace(e))
        {
            throw Error(place, e);
        }
    }

    /// <inheritdoc cref="Guard{T}"/>
    public static void Guard(string place, Action step) =>
        Guard(
            place,
            () =>
            {
                step();
                return true;
            }
        );

    public static bool IsNoSpace(IOException e) =>
        e.HResult is NoSpaceErrno or QuotaErrno || (uint)e.HResult is 0x80070070 or 0x80070027;

    /// <summary>Whether a native library's message means it.</summary>
    public static bool IsMeantBy(string message) =>
        message.Contains("No space left on device", StringComparison.Ordinal)
        || message.Contains("Disk quota exceeded", StringComparison.Ordinal);

    /// <summary>Whether an error is one of <see cref="Error"/>.</summary>
    public static bool Is(BadInputException error) => error.Reason == Reason;

    public static BadInputException Error(string place, Exception? inner = null) =>
        new(
            new SourceLocation(place, 0),
            Reason,
            "Free some space, or choose a --home on another disk, and run the same command again.",
            inner
        );
}
