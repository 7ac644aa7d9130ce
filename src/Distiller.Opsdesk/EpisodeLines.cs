using System.Text.Json;

namespace Distiller.Opsdesk;

/// <summary>Episodes as JSON Lines, the log format <c>episode</c> that <c>distiller collect</c> reads.</summary>
public static class EpisodeLines
{
    /// <summary>Writes the file whole or not at all; returns the number of episodes.</summary>
    public static int Write(string path, IEnumerable<Episode> episodes)
    {
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        // In the same folder: a rename is atomic only within a file system.
        var temporary = $"{full}.{Environment.ProcessId}.writing";
        try
        {
            var count = 0;
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                foreach (var episode in episodes)
                {
                    JsonSerializer.Serialize(file, episode, EpisodeJson.Options);
                    file.WriteByte((byte)'\n');
                    count++;
                }

                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
            return count;
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
