using System.Text.Json;
using Distiller.Core;

namespace Distiller.Registry;

/// <summary>
/// What an edge holds of a release: manifest, signature, certificate, the INT4 adapter, and what it learnt of a document. Checked as something that may
/// have been damaged or forged on its way.
/// </summary>
public static class ReleaseCopy
{
    public const string ManifestFile = ReleaseFolder.ManifestName;
    public const string CertificateFile = DraftCheck.EvaluationName;
    public const string AdapterFile = DraftCheck.Int4Name;
    public const string ContextFile = DraftCheck.ContextName;

    private const long ContextBytesMax = 16L << 20;
    private const int EntriesMax = 2_000;

    /// <summary>The manifest, agreeing with its own hash and with the signature beside it if there is one.</summary>
    /// <exception cref="BadInputException">It is damaged, or signed wrongly.</exception>
    public static Release ReadManifest(string folder) => ReleaseFolder.Read(folder);

    /// <summary>Recomputes the hash of each file and reads the certificate: it must be of this very base and adapter.</summary>
    /// <exception cref="BadInputException">Something differs; the file is named.</exception>
    public static Release Verify(string folder)
    {
        var release = ReleaseFolder.Read(folder);
        VerifyCertificate(folder, release);
        ReleaseFolder.VerifyFile(folder, release, AdapterFile);
        if (HasContext(release))
        {
            ReleaseFolder.VerifyFile(folder, release, ContextFile);
        }

        return release;
    }

    /// <summary>Whether the release tells of which document its adapter learnt.</summary>
    public static bool HasContext(Release release) => release.Files.Any(f => f.Path == ContextFile);

    /// <summary>Of a release that <see cref="Verify"/> let pass; null where it has none.</summary>
    /// <exception cref="BadInputException">The file is damaged or too large.</exception>
    public static LearntContext? ReadContext(string folder, Release release)
    {
        if (!HasContext(release))
        {
            return null;
        }

        var path = Path.Combine(folder, ContextFile);
        var context = ReleaseJson.Read<LearntContext>(path, ContextBytesMax);
        return
            context.Entries.Count <= EntriesMax
            && context.Entries.All(e => e is not null && e.Asked.All(a => a is not null))
            && context.Entries.DistinctBy(e => e.Id, StringComparer.Ordinal).Count() == context.Entries.Count
            ? context
            : throw ReleaseFolder.Bad(path, $"It has over {EntriesMax} entries, one that is null, or one twice.");
    }

    /// <summary>The certificate alone, which is checked before an adapter is fetched.</summary>
    /// <exception cref="BadInputException">It is damaged, or of another base or adapter.</exception>
    public static void VerifyCertificate(string folder, Release release)
    {
        var path = Path.Combine(folder, CertificateFile);
        ReleaseFolder.VerifyFile(folder, release, CertificateFile);
        if (ReleaseRegistry.Figures(path, path) != release.Evaluation)
        {
            throw ReleaseFolder.Bad(path, "Its figures are not those of release.json.");
        }

        using var certificate = ReleaseJson.Parse(path, path, ReleaseJson.MaxEvaluationBytes);
        RequireHash(path, certificate, "base", release.Base.Sha256);
        RequireHash(path, certificate, "adapterInt4", AdapterOf(release, folder).Sha256);
    }

    /// <summary>Whether it passed its gate: what the manifest says, or else what the certificate of an earlier version says.</summary>
    public static bool IsGateOpen(string folder, Release release)
    {
        if (release.Gate is { } gate)
        {
            return gate.IsOpen;
        }

        var path = Path.Combine(folder, CertificateFile);
        using var certificate = ReleaseJson.Parse(path, path, ReleaseJson.MaxEvaluationBytes);
        return certificate.RootElement.TryGetProperty("gate", out var found)
            && found.ValueKind == JsonValueKind.Object
            && found.TryGetProperty("isOpen", out var open)
            && open.ValueKind == JsonValueKind.True;
    }

    public static ReleaseFile AdapterOf(Release release, string folder) =>
        release.Files.FirstOrDefault(f => f.Path == AdapterFile)
        ?? throw ReleaseFolder.Bad(Path.Combine(folder, ManifestFile), $"It lists no {AdapterFile}.");

    private static void RequireHash(string path, JsonDocument certificate, string name, string sha256)
    {
        if (
            !certificate.RootElement.TryGetProperty(name, out var file)
            || file.ValueKind != JsonValueKind.Object
            || !file.TryGetProperty("sha256", out var measured)
            || measured.ValueKind != JsonValueKind.String
            || measured.GetString() != sha256
        )
        {
            throw ReleaseFolder.Bad(path, $"The certificate is not of this release's '{name}' ({sha256}).");
        }
    }
}
