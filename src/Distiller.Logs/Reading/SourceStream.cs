namespace Distiller.Logs.Reading;

/// <summary>Opens and reads source files, with failures as <see cref="UnreadableFileException"/>.</summary>
internal static class SourceStream
{
    public static SourceText Open(SourceFile file, CollectOptions options)
    {
        try
        {
            var since = options.Time.GetUtcNow() - File.GetLastWriteTimeUtc(file.Path);
            // Readers have buffers of their own.
            var stream = new FileStream(
                file.Path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                bufferSize: 1
            );
            return new SourceText(stream, options.TextBytesMax) { IsGrowing = since < options.InWriting };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnreadableFileException(e);
        }
    }

    public static int Read(Stream stream, Span<byte> buffer)
    {
        try
        {
            return stream.Read(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnreadableFileException(e);
        }
    }

    /// <summary>Up to <paramref name="count"/> bytes from the beginning; leaves the stream there.</summary>
    public static byte[] Head(Stream stream, int count)
    {
        stream.Seek(0, SeekOrigin.Begin);
        var head = new byte[count];
        var got = 0;
        while (got < count && Read(stream, head.AsSpan(got)) is > 0 and var more)
        {
            got += more;
        }

        stream.Seek(0, SeekOrigin.Begin);
        return head[..got];
    }
}

/// <summary>A source file could not be opened or read; distinct from a failure to write the workspace.</summary>
internal sealed class UnreadableFileException(Exception inner) : Exception(inner.Message, inner);
