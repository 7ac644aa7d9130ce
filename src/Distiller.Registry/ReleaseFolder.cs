using System.Security.Cryptography;
using System.Text;
using Distiller.Core;
using Distiller.Registry.Signing;

namespace Distiller.Registry;

/// <summary>One release on disk: read and checked as something that may have been damaged or forged.</summary>
internal static class ReleaseFolder
{
    public const string ManifestName = "release.json";
    public const string LineageName = "lineage.json";
    public const string Remedy = "Remove the release's folder and publish it again, or restore it from a copy.";
    public const int MaxFiles = 1000;

    public static Release Read(string folder)
    {
        var path = Path.Combine(folder, ManifestName);
        var release = ReleaseJson.Read<Release>(path, ReleaseJson.MaxManifestBytes);
        if (!string.Equals(release.Schema, Release.CurrentSchema, StringComparison.Ordinal))
        {
            throw Bad(path, "It is of a schema this version does not know.");
        }

        if (release.Id != Path.GetFileName(folder) || !release.ContentSha256.StartsWith(release.Id))
        {
            throw Bad(path, "Its id is not the name of its folder.");
        }

        if (release.Files.Any(f => f is null) || release.Lineage.Any(a => a is null))
        {
            throw Bad(path, "It lists a file or an artifact that is null.");
        }

        if (release.Files.Count > MaxFiles)
        {
            throw Bad(path, $"It lists {release.Files.Count} files; at most {MaxFiles} are read.");
        }

        if (ContentHash(release) != release.ContentSha256)
        {
            throw Bad(path, "It was changed after it was published: its content does not give its id.");
        }

        return release with
        {
            Signature = SignatureOf(folder, release),
        };
    }

    /// <summary>Whether it is signed and by which key. A signature that is not of this release is no lack of one: it is refused.</summary>
    private static SignatureStatus SignatureOf(string folder, Release release)
    {
        var path = Path.Combine(folder, ReleaseSignature.FileName);
        if (!Path.Exists(path))
        {
            return SignatureStatus.Unsigned;
        }

        var certificate =
            release.Files.FirstOrDefault(f => f.Path == DraftCheck.EvaluationName)
            ?? throw Bad(Path.Combine(folder, ManifestName), "It lists no certificate.");
        var signature = ReleaseJson.Read<ReleaseSignature>(path, ReleaseJson.MaxSignatureBytes);
        if (!ReleaseJson.Write(signature).AsSpan().SequenceEqual(File.ReadAllBytes(path)))
        {
            throw Bad(path, "The signature is not written as it was when the release was signed.");
        }

        var key = signature.Signer(path, File.ReadAllBytes(Path.Combine(folder, ManifestName)), certificate.Sha256);
        return new SignatureStatus(true, key.Id, key.Base64);
    }

    /// <summary>Recomputes every hash; a missing, changed, added or linked file is refused by name.</summary>
    public static Release Verify(string folder)
    {
        var release = Read(folder);
        RefuseLink(folder);
        var listed = new HashSet<string>(StringComparer.Ordinal) { ManifestName, ReleaseSignature.FileName };
        foreach (var file in release.Files)
        {
            if (!listed.Add(file.Path))
            {
                throw Bad(Path.Combine(folder, ManifestName), $"It lists {Shown(file.Path)} twice.");
            }

            VerifyFile(folder, file);
        }

        foreach (var path in RegularFiles(folder).Where(p => !listed.Contains(p)))
        {
            throw Bad(Path.Combine(folder, path), "The file is no part of the release.");
        }

        VerifyLineage(folder, release);
        return release;
    }

    /// <summary>The same for one file of a release that was read from there.</summary>
    public static void VerifyFile(string folder, Release release, string path) =>
        VerifyFile(
            folder,
            release.Files.FirstOrDefault(f => f.Path == path)
                ?? throw Bad(Path.Combine(folder, ManifestName), $"It lists no {Shown(path)}.")
        );

    /// <summary>Over everything that makes the release what it is; when it was published and after what is left out.</summary>
    public static string ContentHash(Release release) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                ReleaseJson.Write(
                    release with
                    {
                        Id = "",
                        ContentSha256 = "",
                        Sequence = 0,
                        Created = default,
                        Parent = null,
                        Signature = null,
                    }
                )
            )
        );

    public static string EpisodesHash(IEnumerable<EpisodeId> sorted)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var id in sorted)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(id.Value + "\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Relative paths with forward slashes, in ordinal order. A link anywhere is refused, not followed.</summary>
    public static IReadOnlyList<string> RegularFiles(string folder)
    {
        var found = new List<string>();
        Walk(folder, "", found);
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    public static ReleaseFile Describe(string folder, string path)
    {
        using var content = File.OpenRead(Path.Combine(folder, path));
        return new ReleaseFile(path, Convert.ToHexStringLower(SHA256.HashData(content)), content.Length);
    }

    public static BadInputException Bad(string path, string reason) => new(new SourceLocation(path, 0), reason, Remedy);

    private static void Walk(string folder, string prefix, List<string> found)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            RefuseLink(entry.FullName);
            if (entry is DirectoryInfo)
            {
                Walk(entry.FullName, prefix + entry.Name + "/", found);
            }
            else
            {
                found.Add(prefix + entry.Name);
            }

            if (found.Count > MaxFiles + 1)
            {
                throw Bad(folder, $"It holds more than {MaxFiles} files.");
            }
        }
    }

    private static void VerifyFile(string folder, ReleaseFile file)
    {
        if (!IsInside(file.Path))
        {
            throw Bad(
                Path.Combine(folder, ManifestName),
                $"It names {Shown(file.Path)}, which is no path inside the release."
            );
        }

        var path = folder;
        foreach (var segment in file.Path.Split('/'))
        {
            path = Path.Combine(path, segment);
            RefuseLink(path);
        }

        if (!File.Exists(path))
        {
            throw Bad(path, "The file is missing.");
        }

        // The length first: a file grown to terabytes costs no reading.
        using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        if (content.Length != file.Bytes)
        {
            throw Bad(path, $"It has {content.Length} bytes where {file.Bytes} were published.");
        }

        if (Convert.ToHexStringLower(SHA256.HashData(content)) != file.Sha256)
        {
            throw Bad(path, "Its content is not what was published (SHA-256 differs).");
        }
    }

    private static void VerifyLineage(string folder, Release release)
    {
        var path = Path.Combine(folder, LineageName);
        var lineage = ReleaseJson.Read<ReleaseLineage>(path, ReleaseJson.MaxLineageBytes);
        if (
            !lineage.Artifacts.SequenceEqual(release.Lineage)
            || lineage.Episodes.Count != release.EpisodeCount
            || EpisodesHash(lineage.Episodes) != release.EpisodesSha256
        )
        {
            throw Bad(path, "It does not agree with release.json.");
        }
    }

    private static bool IsInside(string path) =>
        path.Length is > 0 and <= 255
        && !path.Contains('\\')
        && !path.Any(char.IsControl)
        && path.Split('/').All(s => s is not ("" or "." or ".."));

    private static void RefuseLink(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw Bad(path, "It is a link; a release holds files only.");
        }
    }

    private static string Shown(string path) =>
        $"\"{new string([.. path.Take(100).Select(c => char.IsControl(c) ? '?' : c)])}\"";
}
