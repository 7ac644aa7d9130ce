using System.Globalization;
using System.Text;
using Distiller.Core;

namespace Distiller.EdgeServer.Recording;

/// <summary>
/// JSON Lines in files that grow: a new one each day and whenever one is full, and the oldest removed when all together are
/// too large. Each line is one write to the system, so a killed process leaves whole lines. A process only ever appends to
/// files that it began itself: two servers may share a folder. For one thread at a time.
/// </summary>
/// <remarks>
/// Files are named by a number first, since readers take them in the order of their names and the later line counts: a
/// clock that goes back must not put a later line before an earlier one.
/// </remarks>
internal sealed class RecordFolder(string folder, long fileBytesMax, long bytesMax, TimeProvider time) : IDisposable
{
    private const string Suffix = ".jsonl";
    private const int NumberDigits = 8;

    private FileStream? _file;
    private string _day = "";

    /// <summary>The files that are there, the oldest first.</summary>
    public IReadOnlyList<string> Files() =>
        Directory.Exists(folder)
            ?
            [
                .. Directory
                    .EnumerateFiles(folder, "*" + Suffix)
                    .Where(f => Number(f) > 0)
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    /// <param name="line">Without a line feed in it.</param>
    /// <param name="isDurable">Whether it must lie on the disk when this returns.</param>
    /// <exception cref="BadInputException">The disk is full; the file is as it was.</exception>
    public RecordedLine Append(string line, bool isDurable)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        var file = Current(bytes.Length);
        var at = file.Length;
        DiskFull.Guard(
            file.Name,
            () =>
            {
                try
                {
                    file.Position = at;
                    file.Write(bytes);
                }
                catch (IOException)
                {
                    // Half a line would be taken together with the next one.
                    file.SetLength(at);
                    throw;
                }

                if (isDurable)
                {
                    file.Flush(flushToDisk: true);
                }
            }
        );
        return new RecordedLine(file.Name, at, bytes.Length);
    }

    /// <returns>Null: its file is gone.</returns>
    public static byte[]? Read(RecordedLine line)
    {
        try
        {
            using var file = File.OpenHandle(line.File, share: FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[line.Bytes];
            return RandomAccess.Read(file, bytes, line.Offset) == bytes.Length ? bytes : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void Dispose() => _file?.Dispose();

    private FileStream Current(int more)
    {
        var day = time.GetUtcNow().ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        if (_file is null || day != _day || (_file.Length > 0 && _file.Length + more > fileBytesMax))
        {
            _file?.Dispose();
            _file = null;
            _file = Begin(day);
            _day = day;
            Shrink();
        }

        return _file;
    }

    private FileStream Begin(string day)
    {
        Directory.CreateDirectory(folder);
        for (var number = Files() is [.., var last] ? Number(last) + 1 : 1; ; number++)
        {
            var name = string.Create(
                CultureInfo.InvariantCulture,
                $"{number.ToString($"D{NumberDigits}")}-{day}{Suffix}"
            );
            // Another server's file of this number, of whatever day, is a reason to take the next one.
            if (Directory.EnumerateFiles(folder, $"{name[..NumberDigits]}-*{Suffix}").Any())
            {
                continue;
            }

            try
            {
                return DiskFull.Guard(
                    folder,
                    () =>
                        new FileStream(
                            Path.Combine(folder, name),
                            FileMode.CreateNew,
                            FileAccess.Write,
                            FileShare.ReadWrite | FileShare.Delete,
                            bufferSize: 0
                        )
                );
            }
            catch (IOException e) when (File.Exists(Path.Combine(folder, name)) && !DiskFull.IsNoSpace(e))
            {
                // Taken between the look and the opening.
            }
        }
    }

    private void Shrink()
    {
        var files = Files().Select(f => new FileInfo(f)).ToList();
        var bytes = files.Sum(f => f.Length);
        foreach (var file in files.Where(f => f.FullName != _file!.Name))
        {
            if (bytes <= bytesMax - fileBytesMax)
            {
                break;
            }

            bytes -= file.Length;
            file.Delete();
        }
    }

    private static long Number(string path) =>
        Path.GetFileName(path) is { Length: > NumberDigits } name
        && name[NumberDigits] == '-'
        && long.TryParse(name.AsSpan(0, NumberDigits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;
}

/// <summary>Where a line stands.</summary>
internal readonly record struct RecordedLine(string File, long Offset, int Bytes);
