using System.Text.Json;

namespace Distiller.Opsdesk;

/// <summary>Episodes as JSON Lines, the log format <c>episode</c> that <c>distiller collect</c> reads.</summary>
public static class EpisodeLines
{
    /// <summary>Writes the file whole or not at all; returns the number of episodes.</summary>
    public static int Write(string path, IEnumerable<Episode> episodes)
    {
        var count = 0;
        AtomicFile.Write(
            path,
            file =>
            {
                foreach (var episode in episodes)
                {
                    JsonSerializer.Serialize(file, episode, EpisodeJson.Options);
                    file.WriteByte((byte)'\n');
                    count++;
                }
            }
        );
        return count;
    }
}
