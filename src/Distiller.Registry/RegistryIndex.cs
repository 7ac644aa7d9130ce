using Distiller.Core;
using Distiller.Registry.Signing;

namespace Distiller.Registry;

/// <summary>
/// What a registry holds, in one document: what an edge reads of a folder, or fetches of a server as <c>index.json</c>. It
/// says where to look and nothing more; everything is checked again on the files themselves.
/// </summary>
/// <param name="Releases">By sequence, the oldest first; damaged ones come first, with their fault.</param>
/// <param name="Keys">Null: nothing was ever signed here.</param>
public sealed record RegistryIndex(
    string Schema,
    IReadOnlyList<IndexedRelease> Releases,
    IReadOnlyList<IndexedChannel> Channels,
    IReadOnlyList<Withdrawal> Withdrawn,
    RegistryKeys? Keys
)
{
    public const string CurrentSchema = "distiller.index/1";
    public const string FileName = "index.json";

    /// <summary>The files of a release that an edge fetches, in this order: what refuses it comes before what is long.</summary>
    public static IReadOnlyList<string> EdgeFiles { get; } =
    [ReleaseFolder.ManifestName, ReleaseSignature.FileName, DraftCheck.EvaluationName, DraftCheck.Int4Name];

    /// <summary>Whether a text has the form of a release's id.</summary>
    public static bool IsRelease(string text) => ReleaseRegistry.IsId(text);

    /// <summary>Reads a folder of releases; one that is damaged does not hide the others.</summary>
    /// <exception cref="BadInputException">There is no such folder, or its lists are damaged.</exception>
    public static RegistryIndex Of(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new BadInputException(
                new SourceLocation(folder, 0),
                "There is no such folder.",
                "Name a folder of releases, or the address of one that 'distiller serve' offers."
            );
        }

        var keys = Path.Combine(folder, RegistryKeys.FileName);
        return new RegistryIndex(
            CurrentSchema,
            [
                .. Directory
                    .EnumerateDirectories(folder)
                    .Where(d => ReleaseRegistry.IsId(Path.GetFileName(d)))
                    .Select(Indexed)
                    .OrderBy(r => r.Sequence)
                    .ThenBy(r => r.Id, StringComparer.Ordinal),
            ],
            [
                .. new ReleaseRegistry(folder, TimeProvider.System)
                    .Channels.List()
                    .Select(c => new IndexedChannel(c.Name, c.Release)),
            ],
            Withdrawals.Read(folder).Releases,
            File.Exists(keys) ? ReadKeys(keys) : null
        );
    }

    /// <summary>Reads an index that came from elsewhere.</summary>
    /// <exception cref="BadInputException">It is none.</exception>
    public static RegistryIndex Read(string path, string origin)
    {
        var index = ReleaseJson.Read<RegistryIndex>(path, ReleaseJson.MaxManifestBytes, Remedy);
        return
            index.Schema == CurrentSchema
            && index.Releases.All(r => r is not null && ReleaseRegistry.IsId(r.Id))
            && index.Channels.All(c => c is not null)
            && index.Withdrawn.All(w => w is not null)
            && index.Keys?.Rotations.Any(r => r is null) != true
            ? index
            : throw new BadInputException(new SourceLocation(origin, 0), "It is no index of releases.", Remedy);
    }

    public byte[] Write() => ReleaseJson.Write(this);

    private const string Remedy = "Use the address that 'distiller serve' tells, which ends in /registry.";

    private static IndexedRelease Indexed(string folder)
    {
        var id = Path.GetFileName(folder);
        try
        {
            return new IndexedRelease(id, ReleaseFolder.Read(folder).Sequence, null);
        }
        catch (BadInputException e)
        {
            return new IndexedRelease(id, 0, e.Reason);
        }
    }

    private static RegistryKeys ReadKeys(string path)
    {
        const string remedy =
            "Restore the file from a copy; 'distiller keys rotate' and the next publish write it anew.";
        var keys = ReleaseJson.Read<RegistryKeys>(path, ReleaseJson.MaxManifestBytes, remedy);
        return keys.Rotations.All(r => r is not null)
            ? keys
            : throw new BadInputException(new SourceLocation(path, 0), "It is damaged.", remedy);
    }
}

/// <summary>One release of an index.</summary>
/// <param name="Fault">What is wrong with it; null: nothing that was looked at.</param>
public sealed record IndexedRelease(string Id, int Sequence, string? Fault);

/// <summary>One channel of an index, and the release it leads to.</summary>
public sealed record IndexedChannel(string Name, string Release);
