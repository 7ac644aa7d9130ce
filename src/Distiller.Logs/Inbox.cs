using System.Globalization;

namespace Distiller.Logs;

/// <summary>
/// The folder of a workspace where logs wait that were sent and not fetched, until they are next collected. What lies there is
/// not scrubbed yet, so a file leaves when its episodes are stored.
/// </summary>
public sealed class Inbox(string home, TimeProvider time)
{
    public const string FolderName = "inbox";

    private string Folder => Path.Combine(home, FolderName);

    /// <summary>Writes a file that is there, whole and on the disk, when this returns.</summary>
    /// <exception cref="BadInputException">The disk is full.</exception>
    public void Put(byte[] content, string extension)
    {
        var now = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfffffff", CultureInfo.InvariantCulture);
        // The name is short, so that it is not taken for a secret where it is shown.
        var name = $"{now}-{Guid.NewGuid().ToString("N")[..6]}{extension}";
        AtomicFile.WriteAllBytes(Path.Combine(Folder, name), content);
    }

    /// <summary>The files that wait, in the order in which they came.</summary>
    public IReadOnlyList<string> Files() =>
        Directory.Exists(Folder)
            ?
            [
                .. Directory
                    .EnumerateFiles(Folder)
                    .Where(f => !f.EndsWith(AtomicFile.UnfinishedSuffix, StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    /// <summary>Removes files that were collected; those that have a record in quarantine stay, to be tried again.</summary>
    public static void Remove(IReadOnlyCollection<string> collected, Workspace workspace)
    {
        if (collected.Count == 0)
        {
            return;
        }

        var refused = workspace
            .Quarantine.List()
            .Select(r => Path.GetFileName(r.Place.File))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var file in collected.Where(f => !refused.Contains(Path.GetFileName(f))))
        {
            File.Delete(file);
        }
    }
}
