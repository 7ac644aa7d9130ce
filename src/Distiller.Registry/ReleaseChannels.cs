using Distiller.Core;

namespace Distiller.Registry;

/// <summary>
/// What people have approved: a channel (<c>stable</c> unless said otherwise) leads to one release until somebody promotes
/// another or rolls back. A publish moves none. Each change checks every hash of the release it leads to first, and is
/// written atomically under a lock.
/// </summary>
public sealed class ReleaseChannels(ReleaseRegistry registry, TimeProvider time)
{
    public const string Stable = "stable";
    private const string LockName = ".lock";
    private const int NameCharsMax = 40;
    private const int ByCharsMax = 200;

    /// <summary>The folder with one file a channel.</summary>
    public string Folder { get; } = Path.Combine(registry.Folder, "channels");

    /// <summary>All channels, by name.</summary>
    /// <exception cref="BadInputException">A channel's file is damaged.</exception>
    public IReadOnlyList<ReleaseChannel> List() =>
        Directory.Exists(Folder)
            ?
            [
                .. Directory
                    .EnumerateFiles(Folder, "*.json")
                    .Select(f => Path.GetFileNameWithoutExtension(f))
                    .Where(IsName)
                    .Order(StringComparer.Ordinal)
                    .Select(n => Find(n)!),
            ]
            : [];

    /// <returns>Null: nothing was ever promoted to it.</returns>
    /// <exception cref="BadInputException">The channel's file is damaged.</exception>
    public ReleaseChannel? Find(string channel)
    {
        var path = PathOf(channel);
        if (!IsName(channel) || !File.Exists(path))
        {
            return null;
        }

        var found = ReleaseJson.Read<ReleaseChannel>(path, ReleaseJson.MaxManifestBytes, Remedy);
        if (!string.Equals(found.Schema, ReleaseChannel.CurrentSchema, StringComparison.Ordinal))
        {
            throw Bad(path, "It is of a schema this version does not know.");
        }

        if (found.History.Any(m => m is null) || found.Path() is not [.., var last] || last != found.Release)
        {
            throw Bad(path, "Its history does not lead to its release.");
        }

        return found;
    }

    /// <summary>Lets a channel lead to a release, after every hash of it was recomputed. A release it leads to already stays.</summary>
    /// <param name="reference">As for <see cref="ReleaseRegistry.Show"/>.</param>
    /// <param name="by">Who promotes.</param>
    /// <exception cref="BadInputException">There is no such release, it is damaged, or the channel's name is none.</exception>
    public ReleaseChannel Promote(string reference, string by, string channel = Stable)
    {
        CheckName(channel);
        CheckBy(by);
        return Change(
            channel,
            now =>
            {
                var release = registry.Verify(reference);
                return now is not null && now.Release == release.Id
                    ? now
                    : Moved(channel, now, release, isRollback: false, by);
            }
        );
    }

    /// <summary>Lets a channel lead to the release before its present one, after every hash of that was recomputed.</summary>
    /// <exception cref="BadInputException">There is none before it, or it is damaged or gone.</exception>
    public ReleaseChannel RollBack(string by, string channel = Stable)
    {
        CheckName(channel);
        CheckBy(by);
        return Change(
            channel,
            now =>
            {
                if (now?.Path() is not [.., var before, _])
                {
                    throw new BadInputException(
                        new SourceLocation(PathOf(channel), 0),
                        now is null
                            ? $"Nothing was ever promoted to '{channel}'."
                            : $"There is no release before {now.Release} on '{channel}'.",
                        "Promote another release: distiller releases promote ID."
                    );
                }

                return Moved(channel, now, registry.Verify(before), isRollback: true, by);
            }
        );
    }

    /// <summary>Leads every channel away from releases that are withdrawn.</summary>
    internal void Leave(IReadOnlySet<string> gone, string by)
    {
        foreach (var channel in List().Where(c => gone.Contains(c.Release)))
        {
            if (
                channel
                    .Path()
                    .LastOrDefault(r => !gone.Contains(r) && Directory.Exists(Path.Combine(registry.Folder, r))) is
                { } before
            )
            {
                _ = Promote(before, by, channel.Name);
            }
            else
            {
                using var onlyOne = FileLock.Take(Path.Combine(Folder, LockName), "Another promotion", time);
                File.Delete(PathOf(channel.Name));
            }
        }
    }

    /// <summary>Whether a text may name a channel. An id, or the beginning of one, may not: it would hide the release.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= NameCharsMax
        && char.IsAsciiLetterLower(text[0])
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        && !text.All(char.IsAsciiHexDigitLower)
        && text != ReleaseRegistry.Latest;

    private const string Remedy =
        "Restore the file from a copy, or remove it and promote the release again: distiller releases promote ID.";

    private string PathOf(string channel) => Path.Combine(Folder, channel + ".json");

    private ReleaseChannel Change(string channel, Func<ReleaseChannel?, ReleaseChannel> change) =>
        DiskFull.Guard(
            Folder,
            () =>
            {
                using var onlyOne = FileLock.Take(Path.Combine(Folder, LockName), "Another promotion", time);
                var now = Find(channel);
                var next = change(now);
                if (next != now)
                {
                    AtomicFile.WriteAllBytes(PathOf(channel), ReleaseJson.Write(next));
                }

                return next;
            }
        );

    private ReleaseChannel Moved(string channel, ReleaseChannel? now, Release release, bool isRollback, string by) =>
        new()
        {
            Schema = ReleaseChannel.CurrentSchema,
            Name = channel,
            Release = release.Id,
            ContentSha256 = release.ContentSha256,
            History =
            [
                .. now?.History ?? [],
                new ChannelMove(release.Id, now?.Release, isRollback, by, time.GetUtcNow()),
            ],
        };

    private static void CheckName(string channel)
    {
        if (!IsName(channel))
        {
            throw new BadInputException(
                new SourceLocation("channel", 0),
                "This is no name for a channel.",
                "Lower-case letters, digits and hyphens, 40 at most, beginning with a letter; not 'latest', and not only a to f and digits."
            );
        }
    }

    private static void CheckBy(string by)
    {
        if (string.IsNullOrWhiteSpace(by) || by.Length > ByCharsMax)
        {
            throw new BadInputException(
                new SourceLocation("by", 0),
                "Who does it is not said, or in over 200 characters.",
                "Give a name."
            );
        }
    }

    private static BadInputException Bad(string path, string reason) =>
        new(new SourceLocation(path, 0), reason, Remedy);
}
