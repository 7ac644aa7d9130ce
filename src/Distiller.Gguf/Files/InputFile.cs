using Distiller.Core;
using Microsoft.Win32.SafeHandles;

namespace Distiller.Gguf;

/// <summary>Opening and reading a file that a user named, with errors that name it back.</summary>
internal static class InputFile
{
    public static SafeFileHandle Open(string path, string what)
    {
        if (Directory.Exists(path))
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                $"This is a folder, not {what}.",
                "Name a file in it."
            );
        }

        try
        {
            return File.OpenHandle(path);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                $"The file cannot be opened: {e.Message}",
                $"Check the path and that you may read it; {what} is needed.",
                e
            );
        }
    }

    public static void ReadExactly(SafeFileHandle handle, string path, Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            var n = RandomAccess.Read(handle, destination, offset);
            if (n == 0)
            {
                throw new BadInputException(
                    new SourceLocation(path, 0),
                    $"The file ends at byte {offset}; {destination.Length} more are needed.",
                    "It was cut short while in use: fetch or write it again."
                );
            }

            destination = destination[n..];
            offset += n;
        }
    }
}
